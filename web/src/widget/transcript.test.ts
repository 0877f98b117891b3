import { expect, test } from 'vitest';
import type { Message } from './protocol';
import { Transcript } from './transcript';

const message = (seq: number, previous: number, text = `m${String(seq)}`): Message => ({
  seq,
  previous,
  kind: 'outbound',
  text,
  author_name: 'Ana',
  attachments: [],
  details: {},
  at: '2026-01-01T00:00:00Z',
  client_id: null,
});
const seqs = (transcript: Transcript) => transcript.messages().map(({ seq }) => seq);

/** All orders of a short list. */
function orders<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) =>
    orders([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

test('any order of arrival, with everything twice, gives the same whole transcript', () => {
  const sent = [message(1, 0), message(2, 1), message(5, 2), message(6, 5)];
  for (const order of orders(sent)) {
    const transcript = new Transcript();
    for (const one of [...order, ...order]) transcript.add(one);
    expect(seqs(transcript)).toEqual([1, 2, 5, 6]);
    expect(transcript.contiguous).toBe(6);
    expect(transcript.hasGap).toBe(false);
  }
});

test('notes between visible messages are no gap, a missing visible one is', () => {
  const transcript = new Transcript();
  transcript.add(message(1, 0));
  transcript.add(message(4, 1));
  expect(transcript.hasGap).toBe(false);
  transcript.add(message(9, 7));
  expect(transcript.hasGap).toBe(true);
  expect(transcript.contiguous).toBe(4);
  transcript.add(message(7, 4));
  expect(transcript.contiguous).toBe(9);
});

test('a loss at the end shows when the server says how far it goes', () => {
  const transcript = new Transcript();
  transcript.add(message(1, 0));
  transcript.expect(2);
  expect(transcript.hasGap).toBe(true);
  transcript.add(message(2, 1));
  expect(transcript.hasGap).toBe(false);
});

test('history that is cut off by the server counts as complete', () => {
  const transcript = new Transcript();
  transcript.assumeWhole(300);
  transcript.add(message(301, 300));
  expect(transcript.contiguous).toBe(301);
});

test('a message that comes again replaces its earlier text', () => {
  const transcript = new Transcript();
  expect(transcript.add(message(1, 0, 'card 4111'))).toBe(true);
  expect(transcript.add(message(1, 0, 'card ****'))).toBe(false);
  expect(transcript.messages()[0]?.text).toBe('card ****');
});
