/** Fails when a language lacks a text or has one too many, lacks a plural form, has other placeholders than English, letters of another language, or calls a client (the brand) what it calls a customer. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const languages = /LANGUAGES = \[(.*?)\]/s
  .exec(readFileSync('src/components/languages.ts', 'utf8'))[1]
  .match(/[\w-]+/g);
const folders = [
  'src/locales',
  ...readdirSync('src/features').map((feature) => join('src/features', feature, 'locales')),
].filter((folder) => existsSync(folder));

/** The letters beyond a to z that a language has: texts of another one that got into its file mostly have more. */
const LETTERS = {
  en: '',
  de: 'äöüß',
  es: 'áéíñóúü',
  'pt-BR': 'áâãàçéêíóôõú',
  fr: 'àâçéèêëîïôùûœæ',
};

/** What a brand is called, and what its customers are: the table in CONTRIBUTING.md. */
const BRAND = {
  de: [/auftraggeber/iu, /(?<!se)kunden?\b/iu],
  es: [/cuenta/iu, /\bclientes?\b/iu],
  'pt-BR': [/contratante/iu, /\bclientes?\b/iu],
  fr: [/donneurs? d’ordres/iu, /\bclients?\b/iu],
  ar: [/جه/u, /عميل|عملاء/u],
};

const PLURAL = /_(zero|one|two|few|many|other)$/;

function flatten(value, prefix = '') {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' ? [[prefix + key, inner]] : flatten(inner, `${prefix}${key}.`),
  );
}

const read = (folder, language) =>
  new Map(flatten(JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8'))));

/** The keys that `language` must have, each with the English text that it translates. */
function expected(english, language) {
  const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const texts = new Map();
  for (const [key, text] of english) {
    const base = key.replace(PLURAL, '');
    const counted = english.has(`${base}_one`) && english.has(`${base}_other`);
    if (!counted) texts.set(key, text);
    else
      for (const category of categories)
        texts.set(`${base}_${category}`, english.get(`${base}_other`));
  }
  return texts;
}

const placeholders = (text) =>
  (text.match(/\{\{[^}]*\}\}/g) ?? [])
    .map((one) => one.replace(/\s/g, ''))
    .sort()
    .join();

const strange = (text, language) =>
  language in LETTERS &&
  (text.toLowerCase().match(/[^\P{L}a-z]/gu) ?? []).some((one) => !LETTERS[language].includes(one));

/** Whether a text of a brand speaks of customers instead; a client's id and secret are those of OAuth. */
function mixed(text, own, language) {
  if (!(language in BRAND) || !/\bclients?\b(?!(’s)? (id|secret)\b)/iu.test(text)) return false;
  const [brand, customer] = BRAND[language];
  return customer.test(own) && !(/\bcustomers?\b/iu.test(text) && brand.test(own));
}

const found = [];

for (const folder of folders) {
  const stray = readdirSync(folder).filter(
    (file) => !languages.includes(file.replace('.json', '')),
  );
  found.push(...stray.map((file) => `${folder}/${file}: not a language of the interface`));
  const english = read(folder, 'en');
  for (const language of languages) {
    const file = join(folder, `${language}.json`);
    if (!existsSync(file)) {
      found.push(`${file} is missing`);
      continue;
    }
    const texts = read(folder, language);
    const wanted = expected(english, language);
    for (const [key, text] of wanted) {
      const own = texts.get(key);
      if (own === undefined) found.push(`${file} lacks ${key}`);
      else if (own.trim() === '') found.push(`${file}: ${key} is empty`);
      else if (placeholders(own) !== placeholders(text))
        found.push(`${file}: ${key} has other placeholders than the English text`);
      else if (strange(own, language))
        found.push(`${file}: ${key} has letters of another language`);
      else if (mixed(text.replace(/\{\{[^}]*\}\}/g, ''), own, language))
        found.push(`${file}: ${key} calls a client what a customer is called`);
    }
    for (const key of texts.keys())
      if (!wanted.has(key)) found.push(`${file} has the unknown ${key}`);
  }
}
for (const one of found) console.error(one);
process.exit(found.length ? 1 : 0);
