/** What is wrong with a queue, how bad it is, and what could be done: pure, so that it can be tested. */
import type { AgentNow, Presence, QueueNow } from '@/api/types';

export type Level = 'bad' | 'warn' | 'fine';

export type Words =
  | { key: 'nobodySignedIn'; waiting: number }
  | { key: 'nobodyAvailable'; waiting: number; away: number; busy: number }
  | { key: 'late'; seconds: number; available: number }
  | { key: 'soon'; seconds: number }
  | { key: 'belowTarget'; needed: number };

export interface Trouble {
  level: Level;
  words: Words | null;
}

const FINE: Trouble = { level: 'fine', words: null };
const AWAY: ReadonlySet<Presence> = new Set(['break', 'meal', 'training', 'meeting']);
const FEW = 5;

/** How long the longest waits, in seconds; null when nobody does. */
export function longestWait(row: QueueNow, now: number): number | null {
  if (!row.longest_wait_since) return null;
  return Math.max(0, (now - new Date(row.longest_wait_since).getTime()) / 1000);
}

/** Nothing is offered until it opens: whoever waits there waits as promised. */
export function isClosed(row: QueueNow, now: number): row is QueueNow & { opens_at: string } {
  return row.opens_at !== null && new Date(row.opens_at).getTime() > now;
}

/** Seconds until the longest wait has lasted as long as was promised, negative after it; null without a promise. */
function secondsLeft(row: QueueNow, now: number): number | null {
  if (!row.longest_wait_due_at) return null;
  return (new Date(row.longest_wait_due_at).getTime() - now) / 1000;
}

export type WaitState = 'none' | 'calm' | 'soon' | 'late';

/** The longest wait against its promise; `soon` in the last quarter of it. */
export function waitState(row: QueueNow, now: number): WaitState {
  const wait = longestWait(row, now);
  const left = secondsLeft(row, now);
  if (wait === null) return 'none';
  if (left === null || isClosed(row, now)) return 'calm';
  if (left <= 0) return 'late';
  return left <= (wait + left) / 4 ? 'soon' : 'calm';
}

/** How many more contacts, all answered in time, bring the day back to its target. */
export function neededInTime(row: QueueNow): number {
  const { target_share: share } = row.queue;
  const all = row.answered + row.abandoned;
  if (share >= 1) return 0;
  return Math.max(0, Math.ceil((share * all - row.answered_in_target) / (1 - share) - 1e-9));
}

export function isBelow(row: QueueNow): boolean {
  return row.service_level !== null && row.service_level < row.queue.target_share;
}

/** `agents` are those that the board shows; they say what people do who are not available. */
export function troubleOf(row: QueueNow, agents: readonly AgentNow[], now: number): Trouble {
  if (isClosed(row, now)) return FINE;
  const wait = waitState(row, now);
  const left = secondsLeft(row, now) ?? 0;
  const level: Level = wait === 'late' ? 'bad' : 'warn';
  if (row.waiting > 0 && row.agents_signed_in === 0) {
    return { level: 'bad', words: { key: 'nobodySignedIn', waiting: row.waiting } };
  }
  if (row.waiting > 0 && row.agents_available === 0) {
    const serving = agents.filter((one) => one.queue_ids.includes(row.queue.id));
    const away = serving.filter((one) => AWAY.has(one.state)).length;
    const busy = row.agents_signed_in;
    return { level, words: { key: 'nobodyAvailable', waiting: row.waiting, away, busy } };
  }
  if (wait === 'late') {
    const words = { key: 'late', seconds: -left, available: row.agents_available } as const;
    return { level: 'bad', words };
  }
  if (wait === 'soon') {
    return { level: 'warn', words: { key: 'soon', seconds: left } };
  }
  if (isBelow(row) && row.answered + row.abandoned >= FEW) {
    return { level: 'warn', words: { key: 'belowTarget', needed: neededInTime(row) } };
  }
  return FINE;
}

/** The day over several queues: in time / (answered + abandoned); null before the first contact. */
export function serviceLevel(rows: readonly QueueNow[]): number | null {
  const all = rows.reduce((sum, row) => sum + row.answered + row.abandoned, 0);
  if (all === 0) return null;
  return rows.reduce((sum, row) => sum + row.answered_in_target, 0) / all;
}

/** Long enough in a state to ask why, in seconds; states without an entry are never too long. */
export const LONG: Partial<Record<Presence, number>> = {
  after_call_work: 300,
  break: 20 * 60,
  meal: 60 * 60,
};
