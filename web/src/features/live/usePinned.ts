/** An order in which problems are on top and nothing jumps: it changes at most every few seconds, and never under the hand. */
import { useRef } from 'react';
import { useNow } from '@/components/clock';
import type { Level } from '@/features/live/trouble';

const SETTLE_MS = 4000;
const RANK: Record<Level, number> = { bad: 0, warn: 1, fine: 2 };

export interface Pinnable {
  id: string;
  level: Level;
}

/** Bad before warn before fine; within each, rows keep the order in which they come. */
export function pinned<Row extends Pinnable>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => RANK[a.level] - RANK[b.level]);
}

export function usePinned<Row extends Pinnable>(rows: readonly Row[], hold: boolean): Row[] {
  const now = useNow();
  const order = useRef<{ ids: readonly string[]; since: number }>({ ids: [], since: 0 });
  const known = new Set(order.current.ids);
  const settled = now - order.current.since >= SETTLE_MS || order.current.ids.length === 0;
  const isNew = rows.some((row) => !known.has(row.id));
  if ((!hold && settled) || isNew) {
    const ids = pinned(rows).map((row) => row.id);
    if (ids.join() !== order.current.ids.join()) order.current = { ids, since: now };
  }
  const byId = new Map(rows.map((row) => [row.id, row]));
  return order.current.ids.flatMap((id) => byId.get(id) ?? []);
}
