/** How pressing a wait is, against its promise. */

export type Urgency = 'calm' | 'soon' | 'late';

/** `soon` begins with the last quarter of the promise, at the latest a minute before its end. */
export function urgency(since: number, due: number | null, now: number): Urgency {
  if (due === null) return 'calm';
  if (now >= due) return 'late';
  const left = due - now;
  return left <= Math.max(60_000, (due - since) / 4) ? 'soon' : 'calm';
}
