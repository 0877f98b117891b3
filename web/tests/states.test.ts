/** Every dialog and menu is opened by the browser journeys (tests/journeys/states.json), or one of them says where. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const list = JSON.parse(readFileSync(at('../../tests/journeys/states.json'), 'utf8')) as {
  opened: Record<string, { of: string[]; on: string }>;
  elsewhere: Record<string, string>;
};
const screens = JSON.parse(readFileSync(at('../../tests/journeys/screens.json'), 'utf8')) as {
  seen: Record<string, string>;
};

/** What dialogs are made of; who uses it has a dialog. */
const PARTS = [
  'components/Dialog.tsx Dialog',
  'components/FormDialog.tsx FormDialog',
  'features/compliance/WordsDialog.tsx WordsDialog',
];
const OPENS =
  /<(?:Dialog|FormDialog|WordsDialog|Modal|Modal\.Root|Drawer|Drawer\.Root|Menu|Popover|HoverCard)(?=\s|>|$)/;

/** The component of each dialog and menu, once for each: "features/x/Y.tsx Component". */
function owners(): string[] {
  const files = readdirSync(at('../src'), { recursive: true }).map(String);
  return files
    .filter((file) => file.endsWith('.tsx'))
    .flatMap((file) => {
      let component = '';
      return readFileSync(at(`../src/${file}`), 'utf8')
        .split('\n')
        .flatMap((line) => {
          component = /^(?:export )?(?:function|const) ([A-Z]\w*)/.exec(line)?.[1] ?? component;
          return OPENS.test(line) ? [`${file} ${component}`] : [];
        });
    });
}

const count = (all: string[]) =>
  all.reduce(
    (counts, one) => counts.set(one, (counts.get(one) ?? 0) + 1),
    new Map<string, number>(),
  );

describe('the dialogs and menus that the journeys open', () => {
  const there = count(owners().filter((one) => !PARTS.includes(one)));
  const opened = count(Object.values(list.opened).flatMap((one) => one.of));

  it('are all that there are, each as often as its component has one', () => {
    expect(there.size).toBeGreaterThan(25);
    const missed = [...there].filter(
      ([one, times]) => (opened.get(one) ?? 0) < times && !(one in list.elsewhere),
    );
    expect(missed).toEqual([]);
  });

  it('are of components that there are', () => {
    const named = [...opened.keys(), ...Object.keys(list.elsewhere)];
    expect(named.filter((one) => !there.has(one))).toEqual([]);
  });

  it('stand on screens that are looked at', () => {
    expect(Object.values(list.opened).filter((one) => !(one.on in screens.seen))).toEqual([]);
  });

  it('are looked at where another journey opens them', () => {
    for (const journey of Object.values(list.elsewhere)) {
      const text = readFileSync(at(`../../tests/journeys/${journey}`), 'utf8');
      expect(text.includes('Looker(')).toBe(true);
    }
  });
});
