/** How long to wait before the next attempt: exponential with jitter, so that clients do not come back in step. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Milliseconds before attempt `attempt` (0 is the first retry); `random` is 0..1. Between half and all of the step. */
export function backoff(attempt: number, random: number): number {
  const step = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(step / 2 + (step / 2) * random);
}
