import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { queryClient } from '@/api/client';
import { http } from '@/api/http';
import { readAgain } from '@/features/setup/parts/collection';

const known = { id: 'a', client_id: 'c', name: 'As known' };
const kept = { ...known, name: 'As kept' };

const get = vi.spyOn(http, 'get');

beforeEach(() => void get.mockReset());
afterEach(() => queryClient.clear());

test('what the server hands out by its id is asked for so', async () => {
  get.mockResolvedValueOnce(kept);
  expect(await readAgain('identity-providers', known)).toEqual(kept);
  expect(get.mock.calls).toEqual([['/api/identity-providers/a']]);
});

test('what stands in a list only is looked for among those of its client', async () => {
  get.mockResolvedValueOnce({ items: [kept], next: 'more' });
  expect(await readAgain('dispositions', known)).toEqual(kept);
  expect(get.mock.calls).toEqual([
    ['/api/dispositions', { client_id: 'c', limit: 100, after: null }],
  ]);
});

test('a list that cannot be narrowed to a client is not asked to be', async () => {
  get.mockResolvedValueOnce({ items: [kept], next: null });
  expect(await readAgain('skills', known)).toEqual(kept);
  expect(get.mock.calls).toEqual([['/api/skills', { limit: 100, after: null }]]);
});

test('what its list does not reach is taken as it is known, and can be saved', async () => {
  get.mockResolvedValue({ items: [], next: 'more' });
  expect(await readAgain('chat-widgets', known)).toEqual(known);
});
