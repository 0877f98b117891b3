/** What one person typed, put over what another has saved meanwhile. */
import { changesOf, same } from '@/features/setup/parts/collection';

/** `theirs` with the fields that `mine` changed of `before`. */
export function rebased<V extends object>(before: V, mine: V, theirs: V): V {
  return { ...theirs, ...changesOf(before, mine) };
}

/** Whether `mine` and `theirs` made different things of the same field of `before`, of those in `keys` if it is given. */
export function clashes<V extends object>(
  before: V,
  mine: V,
  theirs: V,
  keys = Object.keys(before) as (keyof V)[],
): boolean {
  return keys.some(
    (key) =>
      !same(mine[key], before[key]) &&
      !same(theirs[key], before[key]) &&
      !same(mine[key], theirs[key]),
  );
}

/** What a form shows once `sent` is `kept`: what was typed since is still there, but for `fixed` fields. */
export function settled<V extends object>(
  sent: V,
  now: V,
  kept: V,
  fixed: readonly (keyof V)[],
): V {
  const stays = Object.fromEntries(fixed.map((key) => [key, kept[key]])) as Partial<V>;
  return { ...rebased(sent, now, kept), ...stays };
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
