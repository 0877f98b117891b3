import { expect, test } from 'vitest';
import { idIn } from './ids';

const ONE = '01a2076d-b9eb-711d-b063-14260c61b5b6';
const OTHER = '01a2076d-ba20-7a1a-9abc-8b33f7533e17';

test('an id is found by itself and in an address, the last where there are several', () => {
  expect(idIn(` ${ONE.toUpperCase()} `)).toBe(ONE);
  expect(idIn(`https://care.example/customers/${ONE}`)).toBe(ONE);
  expect(idIn(`https://care.example/desk/${ONE}/${OTHER}?tab=notes`)).toBe(OTHER);
});

test('what holds none is none', () => {
  for (const words of ['', 'Ada', ONE.slice(0, -1)]) expect(idIn(words)).toBeNull();
});
