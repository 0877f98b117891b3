/** Which disposition a contact most likely ends with. */
import type { Disposition } from '@/api/types';

const words = (text: string) => new Set(text.toLocaleLowerCase().match(/\p{L}{4,}/gu) ?? []);

/** Dispositions whose words occur in the contact first, then the one last used here, then their own order. */
export function rankDispositions(
  dispositions: readonly Disposition[],
  text: string,
  lastUsed: string | null,
): Disposition[] {
  const spoken = [...words(text)];
  const score = (one: Disposition) => {
    const own = [...words(one.name)];
    const hits = own.filter((word) =>
      spoken.some((said) => said.startsWith(word.slice(0, 5))),
    ).length;
    return hits * 2 + (one.id === lastUsed ? 1 : 0);
  };
  return dispositions
    .map((one, index) => ({ one, index, score: score(one) }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ one }) => one);
}
