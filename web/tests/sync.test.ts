/** The cache and what comes of a conversation: nothing that came in between is lost. */
import { beforeEach, expect, test, vi } from 'vitest';
import { queryClient } from '@/api/client';
import { threadQuery } from '@/api/conversations';
import { putMessages, putOlder } from '@/api/sync';
import type { Message } from '@/api/types';

const ID = 'c1';
const KEY = threadQuery(ID).queryKey;
const said = (...seqs: number[]) => seqs.map((seq) => ({ seq }) as Message);
const seqs = () => queryClient.getQueryData(KEY)?.items.map((one) => one.seq);

beforeEach(() => {
  queryClient.clear();
  queryClient.setQueryData(KEY, { items: said(3, 4), more: true });
});

test('a message that comes while older ones are fetched stays', () => {
  putMessages(ID, said(5));
  putOlder(ID, 3, said(1, 2));
  expect(queryClient.getQueryData(KEY)).toEqual({ items: said(1, 2, 3, 4, 5), more: false });
});

test('older messages that come twice, or too late, are left out', () => {
  putOlder(ID, 3, said(1, 2));
  putOlder(ID, 3, said(1, 2));
  expect(seqs()).toEqual([1, 2, 3, 4]);
});

test('a thread is asked for up to the newest known message, where its row lags behind', async () => {
  vi.stubGlobal('document', { documentElement: { lang: 'en' } });
  const asked = vi.fn(async () => Response.json({ items: said(3, 4), next: null }));
  vi.stubGlobal('fetch', asked);
  await queryClient.fetchQuery({ ...threadQuery(ID, 2), staleTime: 0 });
  expect(asked).toHaveBeenCalledExactlyOnceWith(
    expect.stringContaining('before_seq=5'),
    expect.anything(),
  );
  vi.unstubAllGlobals();
});
