import { expect, test } from 'vitest';
import { fill, language } from './language';
import { ar } from './texts/ar';
import { de } from './texts/de';
import { en } from './texts/en';
import { es } from './texts/es';
import { fr } from './texts/fr';
import { pt } from './texts/pt';

const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test.each(Object.entries({ ar, de, es, fr, pt }))(
  '%s says everything with the same places to fill',
  (_, texts) => {
    for (const [key, text] of Object.entries(texts)) {
      expect(text.trim(), key).not.toBe('');
      expect(places(text), key).toEqual(places(en[key as keyof typeof en]));
    }
  },
);

test('a region is kept, an unknown language becomes English, Arabic runs from the right', () => {
  expect(language('de-AT', []).tag).toBe('de-AT');
  expect(language('pt_BR', []).texts).toBe(pt);
  expect(language('fi', []).texts).toBe(en);
  expect(language('ar', []).direction).toBe('rtl');
  expect(language('%%', []).tag).toBe('en');
});

test('without a region the visitor decides how times are written', () => {
  expect(language('en', ['de-DE', 'en-GB']).tag).toBe('en-GB');
});

test('filling leaves unknown places alone and does not fill twice', () => {
  expect(fill('{a} {b}', { a: '{b}' })).toBe('{b} {b}');
});
