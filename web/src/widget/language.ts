/** Chooses the words for a language tag, and the direction in which it is read. */

import { ar } from './texts/ar';
import { de } from './texts/de';
import { en } from './texts/en';
import { es } from './texts/es';
import { fr } from './texts/fr';
import { pt } from './texts/pt';
import type { Texts } from './texts/types';

const ALL: Record<string, Texts> = { ar, de, en, es, fr, pt };

export interface Language {
  /** A tag that Intl understands. */
  tag: string;
  texts: Texts;
  direction: 'ltr' | 'rtl';
}

/**
 * `wanted` is a BCP 47 tag such as `de-AT`; a language that we do not speak gives English. Without a region,
 * the visitor's own (`preferred`, as the browser tells it) decides how times are written.
 */
export function language(wanted: string, preferred: readonly string[]): Language {
  const asked = base(wanted);
  const spoken = asked in ALL ? asked : 'en';
  const regional = wanted.includes('-')
    ? [wanted]
    : preferred.filter((tag) => base(tag) === spoken);
  return {
    tag: [...regional, spoken].find((tag) => base(tag) === spoken && isKnown(tag)) ?? spoken,
    texts: ALL[spoken] ?? en,
    direction: spoken === 'ar' ? 'rtl' : 'ltr',
  };
}

function base(tag: string): string {
  return tag.toLowerCase().split(/[-_]/)[0] ?? '';
}

function isKnown(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

/** Fills `{name}` places in a text. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, key: string) =>
    key in values ? String(values[key]) : place,
  );
}
