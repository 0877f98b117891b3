import { expect, test } from 'vitest';
import { Outbox } from './outbox';
import type { KeptFrame } from './protocol';
import { memoryStorage } from './storage';

const message = (client_id: string): KeptFrame => ({
  type: 'message',
  client_id,
  text: `text ${client_id}`,
  file_ids: [],
  sent_at: '2026-01-01T00:00:00Z',
});
const ids = (outbox: Outbox) => outbox.entries().map((entry) => entry.frame.client_id);

test('keeps the order of writing even when the clock stands still or goes back', () => {
  const times = [50, 50, 10];
  const outbox = new Outbox(memoryStorage(), () => times.shift() ?? 0);
  for (const id of ['c', 'b', 'a']) outbox.add(message(id));
  expect(ids(outbox)).toEqual(['c', 'b', 'a']);
});

test('another tab and a later page see what was not acknowledged', () => {
  const storage = memoryStorage();
  new Outbox(storage, () => 1).add(message('a'));
  const later = new Outbox(storage, () => 0);
  later.add(message('b'));
  expect(ids(later)).toEqual(['a', 'b']);
});

test('an acknowledged entry is gone and says so once', () => {
  const outbox = new Outbox(memoryStorage(), () => 1);
  outbox.add(message('a'));
  expect(outbox.remove('a')).toBe(true);
  expect(outbox.remove('a')).toBe(false);
  expect(outbox.head()).toBeNull();
});

test('a refused entry keeps its text, lets others pass and goes back to its place', () => {
  const outbox = new Outbox(memoryStorage(), () => 1);
  outbox.add(message('a'));
  outbox.add(message('b'));
  outbox.fail('a', 'too_large');
  expect(outbox.head()?.frame.client_id).toBe('b');
  expect(outbox.get('a')?.frame).toMatchObject({ text: 'text a' });
  outbox.retry('a');
  expect(outbox.head()?.frame.client_id).toBe('a');
});

test('what is damaged in the storage is passed over', () => {
  const storage = memoryStorage();
  storage.set('out.x', '{broken');
  storage.set('out.y', '{}');
  expect(new Outbox(storage, () => 1).entries()).toEqual([]);
});
