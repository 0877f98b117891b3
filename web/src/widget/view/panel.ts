/** The chat window: header, notices, messages, and below them whatever the visitor can do next. */

import type { Api } from '../api';
import type { Language } from '../language';
import type { Config, UploadedFile } from '../protocol';
import { rows } from '../rows';
import type { Session } from '../session';
import type { Storage } from '../storage';
import { Composer } from './composer';
import { h, replace, say, show } from './dom';
import { Form } from './form';
import { Header } from './header';
import { Log } from './log';
import { type Foot, foot, notice } from './mode';
import { Offline } from './offline';

export interface PanelContext {
  api: Api;
  storage: Storage;
  session: Session;
  language: Language;
  config(): Config;
  close(): void;
  read(): void;
}

const DRAFT = 'draft';
const MAIL_ASKED = 'mail_asked';
const THANKS_MS = 6_000;

export class Panel {
  private readonly header: Header;
  private readonly notice = h('p', { class: 'notice', role: 'status', hidden: true });
  private readonly log: Log;
  private readonly aside = h('div', { class: 'aside', hidden: true });
  private readonly hint: HTMLElement;
  private readonly startNew: HTMLElement;
  private readonly composer: Composer;
  private readonly introduce: Form;
  private readonly offline: Offline;
  private foot: Foot = 'nothing';
  private mailForm: Form | null = null;
  private thanking = false;
  readonly element: HTMLElement;

  constructor(private readonly context: PanelContext) {
    const { session, language, storage, api } = context;
    const { texts } = language;
    const anew = (): void => {
      session.startAnew();
      this.offline.forget();
      this.focus();
    };
    this.header = new Header(language, { close: context.close, end: () => session.end() });
    this.log = new Log(
      language,
      {
        language,
        origin: api.origin,
        brand: context.config().brand,
        retry: (id) => session.retry(id),
        discard: (id) => session.discard(id),
      },
      context.read,
    );
    this.log.label(context.config().brand);
    this.composer = new Composer(
      language,
      {
        maxBytes: context.config().max_file_bytes,
        upload: (file, progress) => session.upload(file, progress),
        say: (text: string, files: UploadedFile[]) => session.say(text, files),
        typing: (on) => session.ownTyping.set(on),
        draft: (text) => (text === '' ? storage.remove(DRAFT) : storage.set(DRAFT, text)),
      },
      storage.get(DRAFT) ?? '',
    );
    storage.watch((key, value) => {
      if (key === DRAFT) this.composer.adopt(value ?? '');
    });
    this.introduce = new Form(
      language,
      {
        intro: texts.introduce,
        fields: [{ name: 'name', optional: true }, { name: 'email' }],
        submit: texts.start,
        run: ({ name, email }) => {
          session.introduce(name, email);
          this.focus();
          return null;
        },
      },
      'introduce',
    );
    this.offline = new Offline({
      api,
      language,
      intro: context.config().theme.offline_text,
      secret: () => session.visitor.secret,
    });
    this.hint = h(
      'p',
      { class: 'ended' },
      `${texts.anythingElse} `,
      h('button', { class: 'link', type: 'button', on: { click: anew } }, texts.startNew),
    );
    this.startNew = h(
      'div',
      { class: 'over' },
      h('button', { class: 'button', type: 'button', on: { click: anew } }, texts.startNew),
    );
    this.element = h(
      'section',
      {
        class: 'panel',
        role: 'dialog',
        'aria-labelledby': 'title',
        'aria-modal': 'false',
        tabindex: '-1',
        hidden: true,
      },
      this.header.element,
      this.notice,
      this.log.element,
      this.aside,
      this.hint,
      this.offline.element,
      this.composer.element,
      this.introduce.element,
      this.startNew,
      h('div', { class: 'drop', 'aria-hidden': 'true' }, texts.dropHere),
    );
    this.acceptDrops();
  }

  get atEnd(): boolean {
    return this.log.atEnd;
  }

  /** Closes what is open inside; answers whether there was something. */
  dismiss(): boolean {
    return this.header.dismiss();
  }

  /** Shows or hides the panel; `focus` moves the keyboard into it. */
  toggle(open: boolean, focus: boolean): void {
    show(this.element, open);
    if (!open) return;
    this.composer.fit();
    this.log.toEnd();
    if (focus) this.focus();
  }

  /** On touch screens the panel itself, so that the keyboard does not cover the conversation unasked. */
  focus(): void {
    this.update();
    if (matchMedia('(pointer: coarse)').matches) this.element.focus();
    else if (this.foot === 'composer') this.composer.focus();
    else if (this.foot === 'introduce') this.introduce.focus();
    else if (this.foot === 'offline') this.offline.focus();
    else this.element.focus();
  }

  /** Another person may use the page now: nothing of what was typed stays. */
  forget(): void {
    this.composer.clear();
    this.offline.forget();
  }

  /** The space has changed. */
  resized(): void {
    this.composer.fit();
  }

  update(): void {
    const { session, language } = this.context;
    const { conversation } = session;
    const config = this.context.config();
    const { texts } = language;
    const all = rows(
      conversation.transcript.messages(),
      session.outbox.entries(),
      conversation.readSeq,
    );
    this.foot = foot({
      online: config.online,
      requireEmail: config.require_email,
      emailKnown: session.visitor.emailKnown,
      identifying: session.visitor.awaitsToken,
      empty: all.length === 0,
      left: conversation.left,
      refused: session.connectionState === 'refused',
    });
    this.header.update({
      title: config.theme.title || config.brand,
      subtitle: conversation.agent?.name ?? (config.online ? texts.here : texts.away),
      present: config.online,
      canEnd: conversation.id !== null && !conversation.left && !conversation.ended,
    });
    const away =
      config.online || this.foot !== 'composer' ? '' : config.theme.offline_text || texts.away;
    const words = notice(session, texts, away);
    say(this.notice, words);
    show(this.notice, words !== '');
    show(this.log.element, this.foot !== 'offline');
    const typing = session.typist.name;
    this.log.update({
      rows: all,
      greeting: config.theme.greeting,
      typing: typing === '' ? config.brand : typing,
      busy: session.isReplaying,
    });
    this.showFoot(conversation.ended && !conversation.left);
    this.askForMail(all.length > 0);
  }

  private showFoot(ended: boolean): void {
    show(this.composer.element, this.foot === 'composer');
    show(this.introduce.element, this.foot === 'introduce');
    const alone = this.foot === 'offline';
    this.offline.stand(alone);
    show(this.offline.element, alone || (this.foot === 'composer' && this.offline.thanked));
    show(this.startNew, this.foot === 'over');
    show(this.hint, this.foot === 'composer' && ended);
  }

  private askForMail(talking: boolean): void {
    const { session, storage } = this.context;
    const known = session.visitor.emailKnown || this.offline.thanked;
    const asked = known || storage.get(MAIL_ASKED) !== null;
    const wanted =
      talking && !asked && this.foot === 'composer' && session.conversation.id !== null;
    if (wanted && this.mailForm === null) {
      this.mailForm = this.makeMailForm();
      replace(this.aside, this.mailForm.element);
    }
    show(this.aside, (wanted && !session.conversation.ended) || this.thanking);
  }

  private makeMailForm(): Form {
    const { session, storage, language } = this.context;
    const { texts } = language;
    const done = (): void => {
      storage.set(MAIL_ASKED, '1');
      this.update();
      this.focus();
    };
    const save = ({ email }: { email: string }): null => {
      this.thanking = true;
      setTimeout(() => {
        this.thanking = false;
        this.update();
      }, THANKS_MS);
      replace(this.aside, h('p', { role: 'status' }, texts.mailSaved));
      session.introduce('', email);
      done();
      return null;
    };
    return new Form(
      language,
      {
        intro: texts.mailPrompt,
        fields: [{ name: 'email' }],
        submit: texts.mailSave,
        other: { label: texts.noThanks, run: done },
        run: save,
      },
      'mail',
    );
  }

  private acceptDrops(): void {
    const over = (event: DragEvent): void => {
      if (this.foot !== 'composer' || !event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      this.element.classList.add('dropping');
    };
    const leave = (event: DragEvent): void => {
      if (!this.element.contains(event.relatedTarget as Node | null))
        this.element.classList.remove('dropping');
    };
    this.element.addEventListener('dragenter', over);
    this.element.addEventListener('dragover', over);
    this.element.addEventListener('dragleave', leave);
    this.element.addEventListener('drop', (event) => {
      this.element.classList.remove('dropping');
      if (this.foot !== 'composer' || !event.dataTransfer) return;
      event.preventDefault();
      this.composer.addFiles(Array.from(event.dataTransfer.files));
    });
  }
}
