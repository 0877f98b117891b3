import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isolate, languageFor, LANGUAGES, ownName } from '@/components/languages';

interface Root {
  lang: string;
  dir: string;
}

/** What `public/theme.js` makes of a browser. */
function start(saved: string | undefined, languages: string[]): Root {
  const root = { lang: '', dir: '', setAttribute: () => undefined };
  const code = readFileSync('public/theme.js', 'utf8');
  new Function('localStorage', 'matchMedia', 'navigator', 'document', 'location', code)(
    { getItem: () => JSON.stringify(saved ? { language: saved } : {}) },
    () => ({ matches: false }),
    { languages },
    { documentElement: root },
    { pathname: '/sign-in' },
  );
  return root;
}

describe('the language before the first paint', () => {
  it('is any language of the interface, and reads the right way', () => {
    for (const language of LANGUAGES) {
      const root = start(undefined, [language]);
      expect([root.lang, root.dir]).toEqual([language, language === 'ar' ? 'rtl' : 'ltr']);
    }
  });
  it('is what was chosen here, else the first that the browser and we both speak, else English', () => {
    expect(start('de', ['fr-FR']).lang).toBe('de');
    expect(start(undefined, ['nb-NO', 'pt-PT', 'en-GB']).lang).toBe('pt-BR');
    expect(start('xx', ['nb-NO']).lang).toBe('en');
  });
});

describe('languages', () => {
  it('are found by what someone speaks', () => {
    expect(languageFor(['ar-EG'])).toBe('ar');
    expect(languageFor(['PT-br', 'en'])).toBe('pt-BR');
    expect(languageFor(['nb'])).toBeUndefined();
  });
  it('call themselves by their own name', () => {
    expect(LANGUAGES.map(ownName)).toEqual([
      'English',
      'Deutsch',
      'Español',
      'Français',
      'Português (Brasil)',
      'العربية',
    ]);
  });
  it('isolate what runs the other way, and nothing else', () => {
    expect(isolate('Ana Reis', 'ltr')).toBe('Ana Reis');
    expect(isolate('ليلى', 'ltr')).toBe('\u2068ليلى\u2069');
    expect(isolate('Ana Reis', 'rtl')).toBe('\u2068Ana Reis\u2069');
    expect(isolate('12', 'rtl')).toBe('12');
  });
});
