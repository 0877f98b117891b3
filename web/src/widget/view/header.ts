/** The top of the panel: whose chat this is, who is there, and the menu. */

import type { Language } from '../language';
import { attribute, h, replace, say, show } from './dom';
import { icon } from './icon';

export interface HeaderState {
  title: string;
  subtitle: string;
  present: boolean;
  canEnd: boolean;
}

export class Header {
  readonly title = h('h2', { class: 'title', id: 'title' });
  private readonly subtitle = h('span');
  private readonly dot = h('span', { class: 'dot', 'aria-hidden': 'true' });
  private readonly menu = h('div', { class: 'menu', hidden: true, id: 'menu' });
  private readonly more: HTMLButtonElement;
  readonly element: HTMLElement;

  constructor(
    private readonly language: Language,
    private readonly actions: { close: () => void; end: () => void },
  ) {
    const { texts } = language;
    this.more = h(
      'button',
      {
        class: 'tool',
        type: 'button',
        'aria-label': texts.menu,
        'aria-expanded': 'false',
        'aria-controls': 'menu',
        on: { click: () => this.toggle(this.menu.hidden) },
      },
      icon('more'),
    );
    this.element = h(
      'header',
      { class: 'header' },
      h(
        'div',
        { class: 'names' },
        this.title,
        h('p', { class: 'subtitle' }, this.dot, this.subtitle),
      ),
      this.more,
      h(
        'button',
        { class: 'tool', type: 'button', 'aria-label': texts.close, on: { click: actions.close } },
        icon('close'),
      ),
      this.menu,
    );
  }

  update(state: HeaderState): void {
    say(this.title, state.title);
    say(this.subtitle, state.subtitle);
    attribute(this.dot, 'data-present', String(state.present));
    show(this.more, state.canEnd);
    if (!state.canEnd) this.toggle(false);
  }

  /** Closes the menu; answers whether it was open. */
  dismiss(): boolean {
    const open = !this.menu.hidden;
    if (open) {
      this.toggle(false);
      this.more.focus();
    }
    return open;
  }

  private toggle(open: boolean): void {
    show(this.menu, open);
    this.more.setAttribute('aria-expanded', String(open));
    if (!open) return;
    const { texts } = this.language;
    const end = h(
      'button',
      { class: 'item', type: 'button', on: { click: () => this.confirm() } },
      texts.end,
    );
    replace(this.menu, end);
    end.focus();
  }

  private confirm(): void {
    const { texts } = this.language;
    const end = (): void => {
      this.toggle(false);
      this.actions.end();
    };
    const keep = h(
      'button',
      { class: 'button quiet', type: 'button', on: { click: () => this.dismiss() } },
      texts.keep,
    );
    replace(
      this.menu,
      h('p', { role: 'alert' }, texts.endSure),
      h('button', { class: 'button', type: 'button', on: { click: end } }, texts.end),
      keep,
    );
    keep.focus();
  }
}
