/** Fails when a language lacks a text, has one too many, or its placeholders differ from the English ones. */
import { readFileSync } from 'node:fs';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const folders = ['src/locales'];
for (const feature of readdirSync('src/features'))
  folders.push(join('src/features', feature, 'locales'));

function flatten(value, prefix = '') {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' ? [[prefix + key, inner]] : flatten(inner, `${prefix}${key}.`),
  );
}

function read(folder, language) {
  try {
    return new Map(flatten(JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8'))));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

const placeholders = (text) =>
  (text.match(/\{\{\s*\w+/g) ?? [])
    .map((one) => one.replace(/\W/g, ''))
    .sort()
    .join();

let failures = 0;
const fail = (message) => {
  failures += 1;
  console.error(message);
};

for (const folder of folders) {
  const english = read(folder, 'en');
  if (!english) continue;
  const german = read(folder, 'de');
  if (!german) {
    fail(`${folder}: de.json is missing`);
    continue;
  }
  for (const [key, text] of english) {
    const other = german.get(key);
    if (other === undefined) fail(`${folder}/de.json lacks ${key}`);
    else if (placeholders(other) !== placeholders(text))
      fail(`${folder}: placeholders of ${key} differ`);
  }
  for (const key of german.keys())
    if (!english.has(key)) fail(`${folder}/de.json has the unknown ${key}`);
}
process.exit(failures ? 1 : 0);
