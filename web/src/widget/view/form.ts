/** A short form: name, e-mail, text; says beside a field what is wrong with it. */

import type { Language } from '../language';
import { attribute, h, say, show, turnWithText } from './dom';

export type FieldName = 'name' | 'email' | 'message';

export type Values = Record<FieldName, string>;

export interface FormOptions {
  intro: string;
  fields: { name: FieldName; optional?: boolean; value?: string }[];
  submit: string;
  /** A second, quiet button. */
  other?: { label: string; run: () => void };
  /** Answers null when it worked, or what to tell the visitor. */
  run(values: Values): Promise<string | null> | null;
}

interface Field {
  name: FieldName;
  optional: boolean;
  input: HTMLInputElement | HTMLTextAreaElement;
  wrong: HTMLElement;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/;
const LONGEST = { name: 120, email: 254, message: 8000 };

export class Form {
  private readonly fields: Field[];
  private readonly problem = h('p', { class: 'wrong', role: 'alert', hidden: true });
  private readonly button: HTMLButtonElement;
  readonly element: HTMLFormElement;

  constructor(
    private readonly language: Language,
    private readonly options: FormOptions,
    private readonly id: string,
  ) {
    this.fields = options.fields.map(({ name, optional, value }) =>
      this.field(name, optional ?? false, value ?? ''),
    );
    this.button = h('button', { class: 'button', type: 'submit' }, options.submit);
    const { other } = options;
    this.element = h(
      'form',
      {
        class: 'form',
        novalidate: true,
        on: { submit: (event: Event) => void this.submit(event) },
      },
      options.intro ? h('p', { class: 'intro' }, options.intro) : null,
      ...this.fields.map((field) => this.labelled(field)),
      this.problem,
      h(
        'div',
        { class: 'actions' },
        this.button,
        other
          ? h(
              'button',
              { class: 'button quiet', type: 'button', on: { click: other.run } },
              other.label,
            )
          : null,
      ),
    );
  }

  focus(): void {
    (this.fields.find((field) => field.input.value === '') ?? this.fields[0])?.input.focus();
  }

  private field(name: FieldName, optional: boolean, value: string): Field {
    const id = `${this.id}-${name}`;
    const shared = {
      id,
      maxlength: LONGEST[name],
      required: !optional,
      'aria-describedby': `${id}-wrong`,
    };
    const input =
      name === 'message'
        ? h('textarea', { ...shared, rows: 4 })
        : h('input', {
            ...shared,
            type: name === 'email' ? 'email' : 'text',
            autocomplete: name,
          });
    input.value = value;
    turnWithText(input);
    return {
      name,
      optional,
      input,
      wrong: h('span', { class: 'wrong', id: `${id}-wrong`, hidden: true }),
    };
  }

  private labelled(field: Field): HTMLElement {
    const { texts } = this.language;
    const hint = field.optional ? h('span', { class: 'hint' }, ` (${texts.optional})`) : null;
    return h(
      'div',
      { class: 'field' },
      h('label', { for: field.input.id }, texts[field.name], hint),
      field.input,
      field.wrong,
    );
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const first = this.fields.filter((field) => !this.check(field))[0];
    if (first) return first.input.focus();
    const values: Values = { name: '', email: '', message: '' };
    for (const field of this.fields) values[field.name] = field.input.value.trim();
    this.button.disabled = true;
    show(this.problem, false);
    const problem = await this.options.run(values);
    this.button.disabled = false;
    if (problem === null) return;
    say(this.problem, problem);
    show(this.problem, true);
  }

  private check(field: Field): boolean {
    const { texts } = this.language;
    const value = field.input.value.trim();
    let wrong = '';
    if (value === '') wrong = field.optional ? '' : texts.required;
    else if (field.name === 'email' && !EMAIL.test(value)) wrong = texts.emailWrong;
    say(field.wrong, wrong);
    show(field.wrong, wrong !== '');
    attribute(field.input, 'aria-invalid', wrong === '' ? null : 'true');
    return wrong === '';
  }
}
