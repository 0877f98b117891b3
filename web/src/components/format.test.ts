import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeFormat } from '@/components/format';

const format = makeFormat('en-GB');
const at = (month: number, day: number, year = 2026) =>
  new Date(year, month - 1, day, 8, 0).toISOString();

beforeEach(() => void vi.useFakeTimers({ now: new Date(2026, 10, 23, 12, 0) }));
afterEach(() => void vi.useRealTimers());

test('a time to keep names its weekday in the days to come only, so that none is said of two days', () => {
  expect(format.upcoming(at(11, 23))).toBe('08:00');
  expect(format.upcoming(at(11, 27))).toBe('Fri 08:00');
  expect(format.upcoming(at(11, 29))).toBe('Sun 08:00');
  expect(format.upcoming(at(11, 30))).toBe('30 Nov, 08:00');
  expect(format.upcoming(at(11, 20))).toBe('20 Nov, 08:00');
  expect(format.upcoming(at(11, 22))).toBe('22 Nov, 08:00');
});

test('a time to keep in another year names that year', () => {
  expect(format.upcoming(at(12, 24))).toBe('24 Dec, 08:00');
  expect(format.upcoming(at(12, 24, 2027))).toBe('24 Dec 2027, 08:00');
});

test('a moment names its weekday in the days behind only', () => {
  expect(format.short(at(11, 23))).toBe('08:00');
  expect(format.short(at(11, 20))).toBe('Fri');
  expect(format.short(at(11, 17))).toBe('Tue');
  expect(format.short(at(11, 16))).toBe('16 Nov');
  expect(format.short(at(11, 27))).toBe('27 Nov');
  expect(format.short(at(12, 24))).toBe('24 Dec');
  expect(format.short(at(12, 24, 2025))).toBe('24 Dec 2025');
});
