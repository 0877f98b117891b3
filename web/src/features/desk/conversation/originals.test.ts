import { expect, test } from 'vitest';
import { escaped, hasMasked, withOriginals } from '@/features/desk/conversation/originals';

const IBAN = 'DE89 3704 0044 0532 0130 00';
const original = (index: number, field = 'text') => ({
  field,
  index,
  data_class: 'bank_account',
  kind: 'iban',
  value: IBAN,
});

test('originals come back to their own marks and to no others', () => {
  const text = 'a [card ×××× 1111] b [bank account •••• 3000] c [bank account •••• 3000]';
  expect(withOriginals(text, 'text', [original(1)])).toBe(
    `a [card ×××× 1111] b ${IBAN} c [bank account •••• 3000]`,
  );
  expect(withOriginals(text, 'html', [original(1)])).toBe(text);
});

test('only marks whose originals may be kept count as masked', () => {
  expect(hasMasked('[card ×××× 1111]')).toBe(false);
  expect(hasMasked('[secret ••••]')).toBe(true);
  expect(hasMasked(null)).toBe(false);
});

test('what is put into markup is text', () => {
  expect(escaped(`<b>"&'`)).toBe('&#60;b&#62;&#34;&#38;&#39;');
});
