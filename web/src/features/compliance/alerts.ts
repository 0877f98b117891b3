/** Deadlines that are announced at one moment are one thing to know, however many clients and duties they concern. */
import type { DurableEvent } from '@/api/realtime';
import type { Instant, Uuid } from '@/api/types';

/** So long after the first, others are still of its moment: they come one by one, client by client. */
const MOMENT_MS = 60_000;
const MOST_NAMES = 5;

export type Near = Extract<DurableEvent, { type: 'incident_deadline_near' }>;

/** One who is told of several things: whose they are, the first moment, and where all of it is shown. */
export interface Summary {
  count: number;
  overdue: boolean;
  dueAt: Instant;
  clients: Uuid[];
  /** How many clients more there are. */
  more: number;
  /** What the reader is led to; null: to all deadlines. */
  incident: { id: Uuid; duty: Uuid } | null;
}

/** The alerts of one moment with the next, or the next alone where it is of another one. */
export function gathered(before: readonly Near[], next: Near): [Near, ...Near[]] {
  const [first] = before;
  const together =
    first?.data.overdue === next.data.overdue &&
    Math.abs(Date.parse(next.at) - Date.parse(first.at)) < MOMENT_MS;
  return first && together ? [first, ...before.slice(1), next] : [next];
}

/** What is to be said of alerts of one moment, of which there is at least one. */
export function summaryOf(alerts: readonly [Near, ...Near[]]): Summary {
  const [{ data: first }] = alerts;
  const clients = [...new Set(alerts.flatMap((one) => one.client_id ?? []))];
  const single = alerts.every((one) => one.data.incident_id === first.incident_id);
  return {
    count: new Set(alerts.map((one) => one.data.duty_id)).size,
    overdue: first.overdue,
    dueAt: alerts.map((one) => one.data.due_at).sort()[0] ?? first.due_at,
    clients: clients.slice(0, MOST_NAMES),
    more: Math.max(0, clients.length - MOST_NAMES),
    incident: single ? { id: first.incident_id, duty: first.duty_id } : null,
  };
}
