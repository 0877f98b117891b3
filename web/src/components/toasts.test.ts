import { beforeEach, expect, test } from 'vitest';
import { changeToast, dismissToast, passTime, showToast, standingToasts } from './toasts';

const texts = () => standingToasts().map((toast) => toast.text);

beforeEach(() => {
  for (const { id } of standingToasts()) dismissToast(id);
});

test('what stays until it is dismissed gives way to nothing', () => {
  const alert = showToast({ text: 'overdue' }, 0);
  for (let n = 1; n <= 9; n++) showToast({ text: `saved ${n}` });
  for (let n = 1; n <= 5; n++) showToast({ text: `near ${n}` }, 0);
  passTime(60_000);
  expect(texts()).toEqual(['overdue', 'near 1', 'near 2', 'near 3', 'near 4', 'near 5']);
  dismissToast(alert);
  expect(texts()).not.toContain('overdue');
});

test('of those that pass, the newest four stand', () => {
  for (let n = 1; n <= 6; n++) showToast({ text: `${n}` });
  expect(texts()).toEqual(['3', '4', '5', '6']);
});

test('one that stands says something else, one that was dismissed does not come back', () => {
  const id = showToast({ text: 'one' }, 0);
  expect(changeToast(id, { text: 'two' })).toBe(true);
  expect(texts()).toEqual(['two']);
  dismissToast(id);
  expect(changeToast(id, { text: 'three' })).toBe(false);
  expect(texts()).toEqual([]);
});
