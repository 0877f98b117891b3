/** The scrolling list of messages; keeps elements that did not change, so that nothing is read aloud twice. */

import { fill, type Language } from '../language';
import type { Row } from '../rows';
import { attribute, h, say, show } from './dom';
import { icon } from './icon';
import { patched, type RowContext, rowElement } from './message';

const NEAR_END_PX = 80;

export interface LogState {
  rows: Row[];
  greeting: string;
  typing: string | null;
  busy: boolean;
}

export class Log {
  private readonly list = h('div', { class: 'rows' });
  private readonly typing = h('p', { class: 'typing', 'aria-live': 'off', hidden: true });
  private readonly typingName = h('span', { class: 'aloud' });
  private readonly scroller: HTMLElement;
  private readonly jump: HTMLButtonElement;
  private readonly shown = new Map<string, { row: Row; element: HTMLElement }>();
  private lastKey = '';
  private following = true;
  readonly element: HTMLElement;

  constructor(
    private readonly language: Language,
    private readonly context: RowContext,
    private readonly scrolled: () => void,
  ) {
    this.typing.append(
      this.typingName,
      h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
    );
    this.jump = h(
      'button',
      { class: 'jump', type: 'button', hidden: true, on: { click: () => this.toEnd() } },
      icon('down'),
      language.texts.newMessages,
    );
    this.scroller = h(
      'div',
      {
        class: 'scroller',
        tabindex: '0',
        role: 'log',
        'aria-live': 'polite',
        on: { scroll: () => this.moved() },
      },
      this.list,
      this.typing,
    );
    this.element = h('div', { class: 'log' }, this.scroller, this.jump);
    this.scroller.addEventListener('load', () => this.resized(), true);
    if ('ResizeObserver' in window) new ResizeObserver(() => this.resized()).observe(this.scroller);
  }

  /** Whether the newest message is in sight. */
  get atEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  label(text: string): void {
    this.scroller.setAttribute('aria-label', text);
  }

  update(state: LogState): void {
    attribute(this.scroller, 'aria-busy', state.busy ? 'true' : null);
    const rows = state.greeting === '' ? state.rows : [this.greeting(state), ...state.rows];
    this.reconcile(rows);
    show(this.typing, state.typing !== null);
    if (state.typing !== null)
      say(this.typingName, fill(this.language.texts.typing, { name: state.typing }));
    const last = rows[rows.length - 1];
    const grown = last !== undefined && last.key !== this.lastKey;
    this.lastKey = last?.key ?? '';
    if (this.following || (grown && last.type === 'message' && last.own)) this.toEnd();
    else if (grown) show(this.jump, true);
  }

  toEnd(): void {
    this.following = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    show(this.jump, false);
  }

  /** Pictures and forms come and go; who was reading the newest message still does. */
  private resized(): void {
    if (this.following) this.toEnd();
  }

  private greeting(state: LogState): Row {
    return {
      type: 'message',
      key: 'greeting',
      at: 0,
      own: false,
      author: this.context.brand,
      text: state.greeting,
      attachments: [],
      first: true,
      last: false,
      state: null,
      reason: null,
      clientId: null,
    };
  }

  private reconcile(rows: Row[]): void {
    const wanted = new Set(rows.map((row) => row.key));
    this.shown.forEach(({ element }, key) => {
      if (wanted.has(key)) return;
      element.remove();
      this.shown.delete(key);
    });
    rows.forEach((row, index) => {
      const element = this.elementFor(row);
      if (this.list.children[index] !== element)
        this.list.insertBefore(element, this.list.children[index] ?? null);
    });
  }

  private elementFor(row: Row): HTMLElement {
    const known = this.shown.get(row.key);
    if (known && (known.row === row || patched(known.element, known.row, row, this.context))) {
      known.row = row;
      return known.element;
    }
    const element = rowElement(row, this.context);
    known?.element.replaceWith(element);
    this.shown.set(row.key, { row, element });
    return element;
  }

  private moved(): void {
    this.following = this.atEnd;
    if (!this.following) return;
    show(this.jump, false);
    this.scrolled();
  }
}
