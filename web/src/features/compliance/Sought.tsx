/** The record that the address names (`item`): lists read on until it has come, then it stands out and has the focus. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import type { Page, Uuid } from '@/api/types';
import { itemsOf } from '@/components/Listing';

export interface Sought {
  client?: Uuid;
  incident?: Uuid;
  item?: Uuid;
}

type Pages<T> = UseInfiniteQueryResult<InfiniteData<Page<T>>>;

const MOST_PAGES = 40;

export const useSought = (): Sought => useSearch({ strict: false });

/** The same list, which reads on while it lacks the record with that id. */
export function useSeeking<T>(
  query: Pages<T>,
  id: Uuid | undefined,
  idOf: (one: T) => Uuid | undefined,
): Pages<T> {
  const read = query.data?.pages.length ?? MOST_PAGES;
  const lacks = id !== undefined && !itemsOf(query).some((one) => idOf(one) === id);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (lacks && read < MOST_PAGES && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [lacks, read, hasNextPage, isFetchingNextPage, fetchNextPage]);
  return query;
}

/** A row of a list. */
export function Item({ id, children }: { id: Uuid | undefined; children: ReactNode }) {
  const row = useRef<HTMLLIElement>(null);
  const sought = useSought().item === id && id !== undefined;
  useEffect(() => {
    if (!sought) return;
    row.current?.focus({ preventScroll: true });
    row.current?.scrollIntoView({ block: 'center' });
  }, [sought]);
  return (
    <li ref={row} {...(sought && { tabIndex: -1, 'data-sought': true })}>
      {children}
    </li>
  );
}
