/** The round button that opens and closes the panel. */

import { fill, type Language } from '../language';
import { attribute, h, say, show } from './dom';
import { icon } from './icon';

export class Launcher {
  private readonly badge = h('span', { class: 'badge', 'aria-hidden': 'true', hidden: true });
  readonly element: HTMLButtonElement;

  constructor(
    private readonly language: Language,
    toggle: () => void,
  ) {
    this.element = h(
      'button',
      { class: 'launcher', type: 'button', 'aria-haspopup': 'dialog', on: { click: toggle } },
      icon('chat'),
      icon('down'),
      this.badge,
    );
  }

  update(open: boolean, unread: number): void {
    const { texts } = this.language;
    const label = open ? texts.close : texts.open;
    attribute(
      this.element,
      'aria-label',
      unread > 0 ? `${label}, ${fill(texts.unread, { n: unread })}` : label,
    );
    this.element.setAttribute('aria-expanded', String(open));
    say(this.badge, unread > 99 ? '99+' : String(unread));
    show(this.badge, unread > 0 && !open);
  }
}
