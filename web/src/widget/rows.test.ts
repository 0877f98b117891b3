import { expect, test } from 'vitest';
import type { Entry } from './outbox';
import type { Message } from './protocol';
import { type MessageRow, rows } from './rows';

const MORNING = new Date(2026, 0, 5, 9, 0).getTime();

const message = (seq: number, minutes: number, more: Partial<Message> = {}): Message => ({
  seq,
  previous: seq - 1,
  kind: 'inbound',
  text: `m${String(seq)}`,
  author_name: '',
  attachments: [],
  details: {},
  at: new Date(MORNING + minutes * 60_000).toISOString(),
  client_id: `c${String(seq)}`,
  ...more,
});
const entry = (client_id: string, failed: string | null = null): Entry => ({
  order: MORNING + 60_000,
  frame: { type: 'message', client_id, text: client_id, file_ids: [], sent_at: '' },
  attachments: [],
  failed,
});
const spoken = (...all: Parameters<typeof rows>) =>
  rows(...all).filter((row): row is MessageRow => row.type === 'message');

test('a message that is stored and still in the outbox is shown once, under the same key', () => {
  const shown = spoken([message(1, 0)], [entry('c1'), entry('x')], 0);
  expect(shown.map((row) => row.key)).toEqual(['c1', 'x']);
});

test('only the newest own message says how far it got', () => {
  expect(spoken([message(1, 0), message(2, 1)], [], 2).map((row) => row.state)).toEqual([
    null,
    'seen',
  ]);
  expect(spoken([message(1, 0)], [entry('x')], 0).map((row) => row.state)).toEqual([
    null,
    'sending',
  ]);
});

test('a refused message always says so', () => {
  expect(spoken([], [entry('a', 'too_large'), entry('b')], 0).map((row) => row.state)).toEqual([
    'failed',
    'sending',
  ]);
});

test('a run ends where the speaker changes, where time passes and at midnight', () => {
  const agent = { kind: 'outbound', author_name: 'Ana', client_id: null } as const;
  const shown = spoken(
    [
      message(1, 0),
      message(2, 1),
      message(3, 2, agent),
      message(4, 20, agent),
      message(5, 24 * 60, agent),
    ],
    [],
    0,
  );
  expect(shown.map((row) => [row.first, row.last])).toEqual([
    [true, false],
    [false, true],
    [true, true],
    [true, true],
    [true, true],
  ]);
});

test('each day has one mark and unknown events are not shown', () => {
  const odd = message(2, 1, { kind: 'event', text: 'sla_recomputed' });
  const types = rows([message(1, 0), odd, message(3, 24 * 60)], [], 0).map((row) => row.type);
  expect(types).toEqual(['day', 'message', 'day', 'message']);
});
