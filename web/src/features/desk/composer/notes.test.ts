import { expect, test, vi } from 'vitest';
import { storage } from '../../../../tests/storage';
import { lettersIn } from '@/features/desk/composer/letters';
import { noteBox } from '@/features/desk/composer/notes';

/** The notes of a conversation, where each is refused or added when the test says so. */
function box(stored = storage(), people: readonly string[] = []) {
  const posted: { text: string; mentions: string[]; key: string; end: (e?: Error) => void }[] = [];
  const failed = vi.fn();
  const letters = lettersIn<{ text: string; mentions: string[] }>(stored, 'notes');
  const notes = noteBox<undefined>({
    post: (note, key) =>
      new Promise((resolve, reject) =>
        posted.push({ ...note, key, end: (error) => (error ? reject(error) : resolve(undefined)) }),
      ),
    lost: () => false,
    letters,
    mentionsIn: (text) => people.filter((one) => text.includes(`@${one}`)),
    onSent: () => undefined,
    onFailed: failed,
  });
  const write = (text: string) => notes.edit({ text, html: null });
  return { ...notes, posted, failed, write, letters, text: () => notes.state.get().content.text };
}

test('a note is stored until it is answered, and comes back before what was typed since', async () => {
  const { write, send, posted, failed, letters, text } = box();
  write('one');
  expect(send()).toBe(true);
  expect(text()).toBe('');
  expect(letters.read()).toHaveLength(1);
  write('two');
  posted[0]?.end(new Error('refused'));
  await vi.waitUntil(() => failed.mock.calls.length);
  expect(text()).toBe('one\n\ntwo');
  write('one\n\ntwo!');
  expect(text()).toBe('one\n\ntwo!');
});

test('a note that a closed page left is added under the same key, naming whom it named', () => {
  const stored = storage();
  const before = box(stored, ['Ada']);
  before.write('Ask @Ada');
  before.send();
  const after = box(stored);
  after.resume();
  expect(after.posted[0]).toMatchObject({ text: 'Ask @Ada', mentions: ['Ada'] });
  expect(after.posted[0]?.key).toBe(before.posted[0]?.key);
});
