import { expect, test, vi } from 'vitest';
import type { DraftContent } from '@/features/desk/composer/content';
import { outbox } from '@/features/desk/composer/outbox';

const letter = (text: string): DraftContent => ({ text, html: null, attachments: [] });

/** An outbox whose letters arrive or fail when the test says so. */
function held() {
  const posted: { text: string; key: string; end: (error?: Error) => void }[] = [];
  const heard: string[] = [];
  const send = outbox<string>({
    post: ({ text }, key) =>
      new Promise((resolve, reject) =>
        posted.push({ text, key, end: (error) => (error ? reject(error) : resolve(text)) }),
      ),
    onSent: (text) => heard.push(`sent ${text}`),
    onFailed: (_, back) => heard.push(`back ${back.text}`),
    onIdle: () => heard.push('idle'),
  });
  const end = async (index: number, error?: Error) => {
    posted[index]?.end(error);
    await vi.waitUntil(() => posted[index + 1] ?? heard.at(-1) === 'idle');
  };
  return { send, posted, heard, end };
}

test('a letter that is sent while another is under way follows it', async () => {
  const { send, posted, heard, end } = held();
  send(letter('one'));
  send(letter('two'));
  expect(posted.map((one) => one.text)).toEqual(['one']);
  await end(0);
  expect(posted.map((one) => one.text)).toEqual(['one', 'two']);
  await end(1);
  expect(heard).toEqual(['sent one', 'sent two', 'idle']);
  expect(posted[0]?.key).not.toBe(posted[1]?.key);
});

test('what fails comes back with what was to follow it, which is not sent', async () => {
  const { send, posted, heard, end } = held();
  send(letter('one'));
  send(letter('two'));
  await end(0, new Error('no network'));
  expect(posted).toHaveLength(1);
  expect(heard).toEqual(['back one\n\ntwo', 'idle']);
});

test('only what is sent again as it was counts as the same letter', async () => {
  const { send, posted, end } = held();
  send(letter('one'));
  await end(0, new Error('no network'));
  send(letter('one'));
  expect(posted[1]?.key).toBe(posted[0]?.key);
  await end(1, new Error('no network'));
  send(letter('one, changed'));
  expect(posted[2]?.key).not.toBe(posted[0]?.key);
  await end(2);
  send(letter('one'));
  expect(posted[3]?.key).not.toBe(posted[0]?.key);
});
