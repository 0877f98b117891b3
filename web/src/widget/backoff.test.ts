import { expect, test } from 'vitest';
import { backoff } from './backoff';

test('waits double with each attempt and never more than half a minute', () => {
  expect([0, 1, 2, 3].map((attempt) => backoff(attempt, 1))).toEqual([500, 1000, 2000, 4000]);
  expect(backoff(50, 1)).toBe(30_000);
});

test('jitter spreads over the second half of the step', () => {
  expect(backoff(3, 0)).toBe(2000);
  expect(backoff(3, 0.5)).toBe(3000);
});
