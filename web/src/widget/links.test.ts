import { expect, test } from 'vitest';
import { pieces, safeHref } from './links';

const links = (text: string) => pieces(text).flatMap(({ href }) => (href === null ? [] : [href]));

test.each([
  'no link at all',
  'see https://example.com/a(b) and (https://example.org).',
  'javascript:alert(1) data:text/html,x',
  'https:// https://a.example https://b.example',
])('the pieces of %j joined give the text again', (text) => {
  expect(
    pieces(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
});

test('only http and https become links', () => {
  expect(links('javascript:alert(1) ftp://a.example data:text/html,x')).toEqual([]);
  expect(safeHref('javascript:alert(1)', 'https://host.example')).toBeNull();
  expect(safeHref('/chat/k/files/1', 'https://host.example')).toBe(
    'https://host.example/chat/k/files/1',
  );
});

test('punctuation of the sentence stays outside, brackets of the address inside', () => {
  expect(links('Look (https://example.com/x), https://example.com/y_(z)!')).toEqual([
    'https://example.com/x',
    'https://example.com/y_(z)',
  ]);
});
