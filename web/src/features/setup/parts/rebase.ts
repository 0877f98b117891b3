/** What one person typed, put over what another has saved meanwhile. */
import { changesOf, same } from '@/features/setup/parts/collection';

/** `theirs` with the fields that `mine` changed of `before`. */
export function rebased<V extends object>(before: V, mine: V, theirs: V): V {
  return { ...theirs, ...changesOf(before, mine) };
}

/**
 * The same for the entries of a list, each known by its key: `mine` in its order, without what they took out, and what
 * they added at its end. An entry that both changed is mine; one that I changed and they took out stays.
 */
export function rebasedList<T>(
  before: readonly T[],
  mine: readonly T[],
  theirs: readonly T[],
  keyOf: (one: T) => string,
): T[] {
  const byKey = (list: readonly T[]) => new Map(list.map((one) => [keyOf(one), one]));
  const [was, own, now] = [byKey(before), byKey(mine), byKey(theirs)];
  const kept = mine.flatMap((one) => {
    const old = was.get(keyOf(one));
    if (old === undefined || !same(old, one)) return [one];
    return now.get(keyOf(one)) ?? [];
  });
  const added = theirs.filter((one) => !was.has(keyOf(one)) && !own.has(keyOf(one)));
  return [...kept, ...added];
}
