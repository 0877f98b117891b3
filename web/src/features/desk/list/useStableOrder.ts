/** Keeps rows where they are while the pointer is over them: nothing jumps under the hand. */
import { useRef } from 'react';
import type { Conversation } from '@/api/types';

/** Known rows stay in place, vanished ones leave, new ones come last. */
export function keepOrder<Row extends { id: string }>(
  before: readonly string[],
  rows: readonly Row[],
): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const kept = before.flatMap((id) => byId.get(id) ?? []);
  const known = new Set(before);
  return [...kept, ...rows.filter((row) => !known.has(row.id))];
}

export function useStableOrder(
  rows: readonly Conversation[],
  hold: boolean,
  listKey: string,
): readonly Conversation[] {
  const order = useRef<{ key: string; ids: readonly string[] }>({ key: listKey, ids: [] });
  const same = order.current.key === listKey;
  const shown = hold && same ? keepOrder(order.current.ids, rows) : rows;
  order.current = { key: listKey, ids: shown.map((row) => row.id) };
  return shown;
}
