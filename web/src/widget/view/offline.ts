/** What is shown when nobody is there: a form that becomes a case, then its number, which stays beside the conversation
 * that the case brings. */

import type { Api } from '../api';
import { fill, type Language } from '../language';
import { uuid } from '../uuid';
import { h, replace, show } from './dom';
import { Form, type Values } from './form';

export interface OfflineContext {
  api: Api;
  language: Language;
  intro: string;
  secret(): string | null;
}

export class Offline {
  private form: Form | null = null;
  private attempt = { words: '', key: '' };
  private sender = { name: '', email: '' };
  private readonly another: HTMLElement;
  readonly element = h('div', { class: 'away' });

  constructor(private readonly context: OfflineContext) {
    const { texts } = context.language;
    const again = (): void => {
      this.ask(this.sender.name, this.sender.email);
      this.focus();
    };
    this.another = h(
      'button',
      { class: 'button quiet', type: 'button', on: { click: again } },
      texts.another,
    );
    this.ask();
  }

  /** A case was made, and its number stands here. */
  get thanked(): boolean {
    return this.form === null;
  }

  /** Whether the number stands alone, or beside the conversation, in which one writes on. */
  stand(alone: boolean): void {
    this.element.classList.toggle('beside', !alone);
    show(this.another, alone);
  }

  /** Nothing of what was said here stays. */
  forget(): void {
    this.sender = { name: '', email: '' };
    this.ask();
  }

  focus(): void {
    this.form?.focus();
  }

  private ask(name = '', email = ''): void {
    const { texts } = this.context.language;
    this.form = new Form(
      this.context.language,
      {
        intro: this.context.intro || texts.offlineIntro,
        fields: [
          { name: 'name', value: name },
          { name: 'email', value: email },
          { name: 'message' },
        ],
        submit: texts.offlineSend,
        run: (values) => this.send(values),
      },
      'offline',
    );
    replace(this.element, this.form.element);
  }

  /** The key stays while the words stay, so that trying again never makes a second case. */
  private async send(values: Values): Promise<string | null> {
    const { api, language, secret } = this.context;
    const words = JSON.stringify(values);
    if (this.attempt.words !== words) this.attempt = { words, key: uuid() };
    const known = secret();
    try {
      const answer = await api.offline(
        {
          name: values.name,
          email: values.email,
          text: values.message,
          page_url: location.href,
          language: language.tag,
          ...(known === null ? {} : { visitor_secret: known }),
        },
        this.attempt.key,
      );
      this.thank(values, String(answer.case_number));
      return null;
    } catch {
      return language.texts.offlineFailed;
    }
  }

  private thank(values: Values, number: string): void {
    const { texts } = this.context.language;
    this.sender = { name: values.name, email: values.email };
    const done = h(
      'div',
      { class: 'done', role: 'status', tabindex: '-1' },
      h('p', { class: 'strong' }, fill(texts.offlineDone, { number })),
      h('p', {}, fill(texts.offlineAnswer, { email: values.email })),
      this.another,
    );
    this.form = null;
    replace(this.element, done);
    done.focus();
  }
}
