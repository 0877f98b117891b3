/** Finding commands by a few letters. */

/** How well `text` fits `query`: 0 not at all; a prefix beats a word start beats letters in order. */
export function fit(query: string, text: string): number {
  const wanted = query.trim().toLocaleLowerCase();
  const found = text.toLocaleLowerCase();
  if (!wanted) return 1;
  if (found.startsWith(wanted)) return 4;
  if (found.includes(` ${wanted}`)) return 3;
  if (found.includes(wanted)) return 2;
  let at = 0;
  for (const letter of wanted) {
    at = found.indexOf(letter, at) + 1;
    if (at === 0) return 0;
  }
  return wanted.length > 2 ? 1 : 0;
}
