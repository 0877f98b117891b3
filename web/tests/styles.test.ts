import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** What names a side of the screen where it should name an end of the line; `physical:` gives the reason for one. */
const PHYSICAL = [
  /(^|[\s;{])(left|right)\s*:/,
  /(margin|padding|border|scroll-margin|scroll-padding)-(left|right)\b/,
  /border-(top|bottom)-(left|right)-radius/,
  /(text-align|float|clear)\s*:\s*(left|right)\b/,
  /transform\s*:[^;]*translate(X|3d)?\(/,
];

const PROPS =
  /\b(ml|mr|pl|pr)=|(margin|padding)(Left|Right)\b|\b(left|right): ['"\d]|textAlign: '(left|right)'/;

const lines = (ending: string) =>
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .flatMap((file) =>
      readFileSync(join('src', file), 'utf8')
        .split('\n')
        .map((line, at) => ({ line, where: `${file}:${at + 1}: ${line.trim()}` })),
    );

it('lays out along the line, never by left and right, so that right-to-left mirrors', () => {
  const styles = lines('.css').filter(
    ({ line }) => !line.includes('physical:') && PHYSICAL.some((one) => one.test(line)),
  );
  const code = lines('.tsx').filter(({ line }) => PROPS.test(line));
  expect([...styles, ...code].map(({ where }) => where)).toEqual([]);
});
