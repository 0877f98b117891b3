import { beforeEach, expect, test, vi } from 'vitest';
import { storage } from '../../../../tests/storage';
import { lettersIn } from '@/features/desk/composer/letters';
import { outbox } from '@/features/desk/composer/outbox';

const LOST = new Error('no network');
const REFUSED = new Error('refused');

/** An outbox whose letters arrive or fail when the test says so. */
function held(stored = storage(), onSent?: (text: string) => void) {
  const posted: { text: string; key: string; end: (error?: Error) => void }[] = [];
  const heard: string[] = [];
  const letters = lettersIn<string>(stored, 'letters');
  const box = outbox<string, string>({
    post: (text, key) =>
      new Promise((resolve, reject) =>
        posted.push({ text, key, end: (error) => (error ? reject(error) : resolve(text)) }),
      ),
    lost: (error) => error === LOST,
    letters,
    join: (first, then) => `${first} ${then}`,
    same: (one, other) => one === other,
    onSent: onSent ?? ((text) => heard.push(`sent ${text}`)),
    onFailed: (_, back) => heard.push(`back ${back}`),
    onIdle: () => heard.push('idle'),
  });
  const end = async (index: number, error?: Error) => {
    posted[index]?.end(error);
    await vi.waitUntil(() => posted[index + 1] ?? heard.at(-1) === 'idle');
  };
  const kept = () => letters.read().map((one) => one.body);
  return { ...box, posted, heard, end, kept };
}

beforeEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('a letter that is sent while another is under way follows it', async () => {
  const { send, posted, heard, end } = held();
  send('one');
  send('two');
  expect(posted.map((one) => one.text)).toEqual(['one']);
  await end(0);
  expect(posted.map((one) => one.text)).toEqual(['one', 'two']);
  await end(1);
  expect(heard).toEqual(['sent one', 'sent two', 'idle']);
  expect(posted[0]?.key).not.toBe(posted[1]?.key);
});

test('what fails comes back with what was to follow it, which is not sent', async () => {
  const { send, posted, heard, end, kept } = held();
  send('one');
  send('two');
  await end(0, REFUSED);
  expect(posted).toHaveLength(1);
  expect(heard).toEqual(['back one two', 'idle']);
  expect(kept()).toEqual([]);
});

test('a letter that was lost on the way is sent once more under its key before it comes back', async () => {
  const { send, posted, heard, end } = held();
  send('one');
  send('two');
  await end(0, LOST);
  expect(posted.map((one) => one.text)).toEqual(['one', 'one']);
  expect(posted[1]?.key).toBe(posted[0]?.key);
  await end(1);
  await end(2, LOST);
  await end(3, LOST);
  expect(heard).toEqual(['sent one', 'back two', 'idle']);
});

test('only what is sent again as it was counts as the same letter', async () => {
  const { send, posted, end } = held();
  send('one');
  await end(0, REFUSED);
  send('one');
  expect(posted[1]?.key).toBe(posted[0]?.key);
  await end(1, REFUSED);
  send('one, changed');
  expect(posted[2]?.key).not.toBe(posted[0]?.key);
  await end(2);
  send('one');
  expect(posted[3]?.key).not.toBe(posted[0]?.key);
});

test('what fails in a listener holds up no letter', async () => {
  const reported = vi.fn();
  vi.stubGlobal('reportError', reported);
  const { send, posted, heard, end, kept } = held(storage(), () => {
    throw REFUSED;
  });
  send('one');
  send('two');
  await end(0);
  await end(1);
  expect(posted.map((one) => one.text)).toEqual(['one', 'two']);
  expect(heard).toEqual(['idle']);
  expect(kept()).toEqual([]);
  expect(reported).toHaveBeenCalledTimes(2);
});

test('what a closed page left is sent again by the next, in order and under the same keys', async () => {
  const stored = storage();
  const before = held(stored);
  before.send('one');
  before.send('two');
  const after = held(stored);
  after.resume();
  await after.end(0);
  await after.end(1);
  expect(after.heard).toEqual(['sent one', 'sent two', 'idle']);
  expect(after.posted[0]?.key).toBe(before.posted[0]?.key);
  expect(after.kept()).toEqual([]);
});

test('what lay longer than its key is surely known comes back instead', () => {
  const stored = storage();
  vi.useFakeTimers();
  held(stored).send('one');
  vi.advanceTimersByTime(25 * 60 * 60 * 1000);
  const { resume, posted, heard, kept } = held(stored);
  resume();
  expect(posted).toEqual([]);
  expect(heard).toEqual(['back one']);
  expect(kept()).toEqual([]);
});

test('a box that is closed sends nothing more, tells nobody and leaves what is not answered', async () => {
  const { send, close, posted, heard, end, kept } = held();
  send('one');
  send('two');
  close();
  await end(0);
  expect(posted).toHaveLength(1);
  expect(heard).toEqual(['idle']);
  expect(kept()).toEqual(['two']);
});
