import { describe, expect, it } from 'vitest';
import { AREAS, byArea } from '@/features/setup/parts/areas';
import texts from '@/features/setup/locales/en.json';

describe('the areas of permissions', () => {
  const all = Object.keys(texts.permission).map((key) => {
    const noun = key.startsWith('api_keys') ? 'api_keys' : (key.split('_')[0] ?? '');
    return `${noun}.${key.slice(noun.length + 1)}`;
  });

  it('hold each permission that has words once', () => {
    const held = byArea(all).flatMap((area) => area.permissions);
    expect(all.length).toBeGreaterThan(30);
    expect([...held].sort()).toEqual([...all].sort());
  });

  it('have words each', () => {
    expect(Object.keys(texts.permissionArea)).toEqual(Object.keys(AREAS));
  });

  it('begin with what only reads, and are left out where nothing of them is there', () => {
    expect(byArea(['customers.merge', 'customers.read', 'live.read', 'queues.read'])).toEqual([
      { id: 'customers', permissions: ['customers.read', 'customers.merge'] },
      { id: 'routing', permissions: ['queues.read', 'live.read'] },
    ]);
  });
});
