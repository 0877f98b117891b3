import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeFormat } from '@/components/format';

const format = makeFormat('en-GB');
const at = (month: number, day: number) => new Date(2026, month - 1, day, 8, 0).toISOString();

beforeEach(() => void vi.useFakeTimers({ now: new Date(2026, 10, 23, 12, 0) }));
afterEach(() => void vi.useRealTimers());

test('a time to keep names its weekday only where that says which day is meant, before and after', () => {
  expect(format.upcoming(at(11, 23))).toBe('08:00');
  expect(format.upcoming(at(11, 27))).toBe('Fri 08:00');
  expect(format.upcoming(at(11, 20))).toBe('Fri 08:00');
  expect(format.upcoming(at(12, 24))).toBe('24 Dec, 08:00');
  expect(format.upcoming(at(8, 26))).toBe('26 Aug, 08:00');
});

test('so does a short one', () => {
  expect(format.short(at(11, 20))).toBe('Fri');
  expect(format.short(at(8, 26))).toBe('26 Aug');
  expect(format.short(at(12, 24))).toBe('24 Dec');
});
