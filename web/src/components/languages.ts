/** The languages of the interface. */

/** `public/theme.js` chooses among the same before the first paint; a test holds them together. */
export const LANGUAGES = ['en', 'de', 'es', 'fr', 'pt-BR', 'ar'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The first language of the interface that speaks one of `wanted`: an exact match, else the same language elsewhere. */
export function languageFor(wanted: readonly string[]): Language | undefined {
  for (const one of wanted) {
    const [base = ''] = one.toLowerCase().split('-');
    const found =
      LANGUAGES.find((language) => language.toLowerCase() === one.toLowerCase()) ??
      LANGUAGES.find((language) => language.toLowerCase().split('-')[0] === base);
    if (found) return found;
  }
  return undefined;
}

/** What a language calls itself: "Deutsch", "Español". */
export function ownName(language: string): string {
  const name = new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** The reader's own region of a language, where the browser names one: en -> en-GB. Figures are 0 to 9 everywhere. */
export function intlLocale(language: string): string {
  const regional =
    navigator.languages.find((one) => one === language || one.startsWith(`${language}-`)) ??
    language;
  return language === 'ar' ? `${regional}-u-nu-latn` : regional;
}

const RIGHT_TO_LEFT = /\p{Script=Arabic}|\p{Script=Hebrew}/u;
const PLAIN_NUMBER = /^[\d.,\s]*$/;
const [ISOLATE, END] = ['\u2068', '\u2069'];

/** A value put into a sentence of the other direction keeps its own order and leaves the sentence's alone. */
export function isolate(value: string, sentence: 'ltr' | 'rtl'): string {
  const alien = sentence === 'rtl' ? !PLAIN_NUMBER.test(value) : RIGHT_TO_LEFT.test(value);
  return alien ? ISOLATE + value + END : value;
}
