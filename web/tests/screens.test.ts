/** Every address of the desktop is looked at by the browser journeys (tests/journeys/screens.json), or says why not. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { SECTIONS as COMPLIANCE } from '@/features/compliance/sections';
import { VIEWS } from '@/features/desk/list/views';
import { SECTIONS as LIVE } from '@/features/live/sections';
import { GROUPS } from '@/features/setup/sections';

// All that the router's modules want of a browser before they run.
vi.stubGlobal('window', new EventTarget());
vi.stubGlobal('navigator', { platform: '' });
const { router } = await import('@/app/router');

const SETUP = GROUPS.flatMap((group) => group.sections);

/** What a route with sections stands for. */
const SECTIONS: Record<string, readonly string[]> = {
  '/desk/$view': VIEWS,
  '/live/$section': LIVE,
  '/compliance/$section': COMPLIANCE,
  '/setup/$section': SETUP.map((one) => one.id),
};

const isSectioned = (segment: string) => segment === '$section' || segment === '$view';

/** Every address that can be opened; `$` and a name stand for an id. */
function addresses(): string[] {
  return Object.keys(router.routesByPath).flatMap((path) => {
    if (path === '/setup/$section/$itemId') {
      return SETUP.flatMap(({ id, makes }) => [
        ...(makes ? [`/setup/${id}/new`] : []),
        `/setup/${id}/$itemId`,
      ]);
    }
    if (!isSectioned(path.split('/').at(-1) ?? '')) return [path];
    const sections = SECTIONS[path];
    if (!sections) throw new Error(`Say in SECTIONS which sections ${path} has.`);
    return sections.map((one) => path.replace(/\$\w+$/, one));
  });
}

const list = JSON.parse(
  readFileSync(new URL('../../tests/journeys/screens.json', import.meta.url), 'utf8'),
) as { seen: Record<string, string>; unseen: Record<string, string[]> };
const seen = Object.values(list.seen).map((path) => path.split('?')[0] ?? path);
const unseen = Object.values(list.unseen).flat();

const isId = (segment: string) => segment !== 'new' && !isSectioned(segment);

function shows(screen: string, address: string): boolean {
  const [shown, wanted] = [screen.split('/'), address.split('/')];
  return (
    shown.length === wanted.length &&
    wanted.every((one, at) => (one.startsWith('$') ? isId(shown[at] ?? '') : one === shown[at]))
  );
}

/** The list of a section stands beside whatever of it is looked at. */
const standsBeside = (screen: string, address: string) =>
  /^\/(setup|desk)\/[^/$]+$/.test(address) && screen.startsWith(`${address}/`);

const isSeen = (address: string) =>
  seen.some((screen) => shows(screen, address) || standsBeside(screen, address));

describe('the screens that the journeys look at', () => {
  const all = addresses();

  it('are all that there are, but for those that say why not', () => {
    expect(all.length).toBeGreaterThan(60);
    expect(all.filter((address) => !isSeen(address) && !unseen.includes(address))).toEqual([]);
  });

  it('are left out only where nothing looks at them', () => {
    expect(unseen.filter((address) => !all.includes(address) || isSeen(address))).toEqual([]);
  });

  it('are addresses that there are', () => {
    expect(seen.filter((screen) => !all.some((address) => shows(screen, address)))).toEqual([]);
  });
});
