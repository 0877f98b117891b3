/** What was masked in a message, put back for half a minute where one may see it. */
import type { Original } from '@/api/types';

const MARK = /\[[\p{L}][\p{L} -]{0,39} (?:•{4}|×{4})(?: [0-9A-Za-z]{4})?\]/gu;

/** Whether a text has marks whose originals may be kept. */
export const hasMasked = (text: string | null | undefined) => Boolean(text?.includes(' ••••'));

/** `text` with originals of its field in the places of their marks. */
export function withOriginals(
  text: string,
  field: string,
  originals: readonly Original[],
  escape: (value: string) => string = (value) => value,
): string {
  let index = -1;
  return text.replace(MARK, (mark) => {
    index += 1;
    const found = originals.find((one) => one.field === field && one.index === index);
    return found ? escape(found.value) : mark;
  });
}

/** Text as markup shows it. */
export const escaped = (value: string) =>
  value.replace(/[&<>"']/g, (one) => `&#${one.codePointAt(0)};`);
