import { expect, test, vi } from 'vitest';
import { storage } from '../../../../tests/storage';
import type { DraftContent } from '@/features/desk/composer/content';
import { lettersIn } from '@/features/desk/composer/letters';
import { replyBox } from '@/features/desk/composer/replies';

const letter = (text: string): DraftContent => ({ text, html: null, attachments: [] });

/** A conversation's replies, which arrive or fail when the test says so, with fields that say what they hear. */
function box() {
  const heard: string[] = [];
  const posted: { text: string; end: (error?: Error) => void }[] = [];
  const field = (name: string, kept = () => Promise.resolve()) => ({
    kept: async () => {
      heard.push(`${name} keeps`);
      await kept();
    },
    sent: () => heard.push(`${name} sent`),
    giveBack: (back: DraftContent) => heard.push(`${name} has ${back.text}`),
  });
  const replies = replyBox<undefined>({
    post: ({ text }) =>
      new Promise((resolve, reject) =>
        posted.push({ text, end: (error) => (error ? reject(error) : resolve(undefined)) }),
      ),
    lost: () => false,
    letters: lettersIn(storage(), 'letters'),
    away: field('away'),
    onSent: () => undefined,
    onFailed: () => undefined,
  });
  const under = (count: number) => vi.waitUntil(() => posted.length === count);
  const hears = (what: string) => vi.waitUntil(() => heard.includes(what));
  const sendAndLeave = async () => {
    const leave = replies.enter(field('first'));
    replies.send(letter('A'));
    await under(1);
    leave();
  };
  return { ...replies, heard, posted, field, under, hears, sendAndLeave };
}

test('a reply that is sent after coming back follows the one from before', async () => {
  const { sendAndLeave, enter, send, field, posted, under, heard, hears } = box();
  await sendAndLeave();
  enter(field('second'));
  send(letter('B'));
  expect(posted).toHaveLength(1);
  posted[0]?.end();
  await under(2);
  posted[1]?.end();
  await hears('second sent');
  expect(posted.map((one) => one.text)).toEqual(['A', 'B']);
  expect(heard).not.toContain('first sent');
});

test('what fails after coming back stands in the field that is there now', async () => {
  const { sendAndLeave, enter, field, posted, heard, hears } = box();
  await sendAndLeave();
  enter(field('second'));
  posted[0]?.end(new Error('refused'));
  await hears('second has A');
  expect(heard).toEqual(['first keeps', 'second has A']);
});

test('what fails while no field is there goes into the stored draft', async () => {
  const { sendAndLeave, posted, hears } = box();
  await sendAndLeave();
  posted[0]?.end(new Error('refused'));
  await hears('away has A');
});

test('a reply waits for the draft of whoever is there when it goes', async () => {
  const { enter, send, field, under, heard } = box();
  let read = (): void => undefined;
  const leave = enter(field('first', () => new Promise((resolve) => (read = resolve))));
  send(letter('A'));
  leave();
  read();
  await under(1);
  expect(heard).toEqual(['first keeps', 'away keeps']);
});

test('nothing is sent for somebody who has signed out meanwhile', async () => {
  const { enter, send, close, field, posted } = box();
  let read = (): void => undefined;
  enter(field('first', () => new Promise((resolve) => (read = resolve))));
  send(letter('A'));
  close();
  read();
  await new Promise((resolve) => setTimeout(resolve));
  expect(posted).toEqual([]);
});
