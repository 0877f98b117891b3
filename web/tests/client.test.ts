/** The cache: what was told while something is fetched for the first time is not forgotten. */
import { InfiniteQueryObserver, QueryObserver } from '@tanstack/react-query';
import { expect, test, vi } from 'vitest';
import { Cache } from '@/api/client';

const KEY = ['pause', '1'];

function slowly() {
  const answers: ((answer: string) => void)[] = [];
  const queryFn = vi.fn(() => new Promise<string>((resolve) => answers.push(resolve)));
  return { queryFn, answer: (place: number, words: string) => answers[place]?.(words) };
}

test('an answer that was asked for before the news came is asked for again', async () => {
  const cache = new Cache();
  const { queryFn, answer } = slowly();
  const off = new QueryObserver(cache, { queryKey: KEY, queryFn }).subscribe(() => undefined);
  void cache.invalidateQueries({ queryKey: ['pause'] });
  answer(0, 'old');
  await vi.waitFor(() => expect(queryFn).toHaveBeenCalledTimes(2));
  answer(1, 'new');
  await vi.waitFor(() => expect(cache.getQueryData(KEY)).toBe('new'));
  expect(queryFn).toHaveBeenCalledTimes(2);
  off();
});

test('what is on its way has arrived once it is in the cache, also where it failed', async () => {
  const cache = new Cache({ defaultOptions: { queries: { retry: false } } });
  const { queryFn, answer } = slowly();
  void cache.prefetchQuery({ queryKey: KEY, queryFn });
  const arrived = cache.arrived(KEY);
  answer(0, 'here');
  await arrived;
  expect(cache.getQueryData(KEY)).toBe('here');

  const failing = () => Promise.reject(new Error('away'));
  void cache.prefetchQuery({ queryKey: ['other'], queryFn: failing });
  await cache.arrived(['other']);
  await cache.arrived(['never asked for']);
  expect(cache.getQueryData(['other'])).toBeUndefined();
});

test('what is put in stays where an answer that was asked for before it comes late', async () => {
  const cache = new Cache();
  const { queryFn, answer } = slowly();
  const off = new QueryObserver(cache, { queryKey: KEY, queryFn }).subscribe(() => undefined);
  cache.setQueryData(KEY, 'put in');
  expect(queryFn).toHaveBeenCalledTimes(2);
  answer(0, 'older');
  await new Promise((resolve) => setTimeout(resolve));
  expect(cache.getQueryData(KEY)).toBe('put in');
  answer(1, 'newer');
  await vi.waitFor(() => expect(cache.getQueryData(KEY)).toBe('newer'));
  cache.setQueryData(KEY, 'put in at rest');
  expect(queryFn).toHaveBeenCalledTimes(2);
  off();
});

test('a list that is on its way does not begin again with every row', () => {
  const cache = new Cache();
  const queryFn = vi.fn(() => new Promise<string>(() => undefined));
  const options = { queryKey: KEY, queryFn, initialPageParam: 0, getNextPageParam: () => null };
  const off = new InfiniteQueryObserver(cache, options).subscribe(() => undefined);
  cache.setQueryData(KEY, { pages: ['row'], pageParams: [0] });
  expect(queryFn).toHaveBeenCalledTimes(1);
  off();
});
