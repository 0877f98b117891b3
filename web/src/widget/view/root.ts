/** The shadow root that keeps the page's styles out and ours in, without style attributes or inline styles. */

import type { Language } from '../language';
import { palette } from '../theme';
import css from '../widget.css?inline';
import { h } from './dom';

export interface Root {
  host: HTMLElement;
  shadow: ShadowRoot;
  frame: HTMLElement;
}

/** `nonce` is the script's own, for browsers that need a style element. */
export function makeRoot(color: string, side: string, language: Language, nonce: string): Root {
  const host = h('careloom-chat' as 'div');
  const shadow = host.attachShadow({ mode: 'open' });
  const mirrored = language.direction === 'rtl';
  const left = (side === 'left') !== mirrored;
  const frame = h('div', {
    class: left ? 'frame at-left' : 'frame',
    dir: language.direction,
    lang: language.tag,
  });
  const { accent, onAccent, accentOnLight, accentOnDark } = palette(color);
  const colors =
    `:host{--accent:${accent};--on-accent:${onAccent};--accent-text:${accentOnLight}}` +
    `@media(prefers-color-scheme:dark){:host{--accent-text:${accentOnDark}}}`;
  adopt(shadow, css + colors, nonce);
  shadow.append(frame);
  return { host, shadow, frame };
}

function adopt(shadow: ShadowRoot, text: string, nonce: string): void {
  if ('adoptedStyleSheets' in shadow && 'replaceSync' in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    shadow.adoptedStyleSheets = [sheet];
  } else shadow.append(h('style', nonce ? { nonce } : {}, text));
}
