import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Outbox } from './outbox';
import { Sender } from './sender';
import { memoryStorage } from './storage';

let live: boolean;
let sent: string[];
let restarts: number;
let outbox: Outbox;
let sender: Sender;

const write = (client_id: string) => {
  outbox.add({ type: 'message', client_id, text: client_id, file_ids: [], sent_at: '' });
  sender.pump();
};

beforeEach(() => {
  vi.useFakeTimers();
  live = true;
  sent = [];
  restarts = 0;
  outbox = new Outbox(memoryStorage(), Date.now);
  sender = new Sender(
    outbox,
    (frame) => {
      if (live) sent.push(frame.client_id);
      return live;
    },
    () => restarts++,
    () => undefined,
  );
});
afterEach(() => {
  vi.useRealTimers();
});

test('one at a time, in order', () => {
  write('a');
  write('b');
  expect(sent).toEqual(['a']);
  sender.settled('a');
  expect(sent).toEqual(['a', 'b']);
});

test('after a broken connection the same entry goes first again', () => {
  write('a');
  live = false;
  sender.reset();
  write('b');
  live = true;
  sender.pump();
  sender.settled('a');
  expect(sent).toEqual(['a', 'a', 'b']);
});

test('sends again when the answer is overdue, then asks for another connection', () => {
  write('a');
  vi.advanceTimersByTime(15_000);
  expect(sent).toEqual(['a', 'a']);
  vi.advanceTimersByTime(15_000);
  expect(restarts).toBe(1);
  expect(outbox.head()?.frame.client_id).toBe('a');
});

test('slowed down it keeps the order and goes on by itself', () => {
  write('a');
  write('b');
  sender.refused({ type: 'error', code: 'rate_limited', client_id: 'a', retry_after: 3 });
  expect(sender.isPaused).toBe(true);
  vi.advanceTimersByTime(3_000);
  sender.settled('a');
  expect(sent).toEqual(['a', 'a', 'b']);
});

test('what is refused for good does not hold up the rest', () => {
  write('a');
  write('b');
  sender.refused({ type: 'error', code: 'too_large', client_id: 'a' });
  expect(sent).toEqual(['a', 'b']);
  expect(outbox.get('a')?.failed).toBe('too_large');
});
