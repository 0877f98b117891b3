/** A list that comes page by page: its shape while it loads, what went wrong, why it is empty, its rows, the way on. */
import { Button } from '@mantine/core';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Page } from '@/api/types';
import { useFormat } from '@/components/format';
import { Failed, RowSkeletons } from '@/components/States';
import classes from './Listing.module.css';

type Pages<T> = UseInfiniteQueryResult<InfiniteData<Page<T>>>;

/** What has come so far. */
export const itemsOf = <T,>(query: Pages<T>): T[] =>
  query.data?.pages.flatMap((page) => page.items) ?? [];

/** What has come so far: by name where all came at once; page by page in the server's order, as nothing may jump. */
export function useItems<T>(query: Pages<T>, nameOf?: (item: T) => string): T[] {
  const { compare } = useFormat();
  const items = itemsOf(query);
  const whole = query.data?.pages.length === 1 && !query.hasNextPage;
  return nameOf && whole ? items.sort((one, other) => compare(nameOf(one), nameOf(other))) : items;
}

export function Listing<T>({
  query,
  skeletons,
  none = null,
  nameOf,
  children,
}: {
  query: Pages<T>;
  skeletons?: { count?: number; height?: number };
  /** Instead of no rows. */
  none?: ReactNode;
  /** Where the reader looks for a name. */
  nameOf?: (item: T) => string;
  children: (items: T[]) => ReactNode;
}) {
  const items = useItems(query, nameOf);
  if (query.isPending) return <RowSkeletons {...skeletons} />;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      {items.length > 0 ? children(items) : none}
      <More query={query} />
    </>
  );
}

/** The next page, where there is one. */
export function More<T>({ query }: { query: Pages<T> }) {
  const { t } = useTranslation();
  if (!query.hasNextPage) return null;
  return (
    <div className={classes.more}>
      <Button
        variant="subtle"
        size="compact-sm"
        loading={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      >
        {t('action.more')}
      </Button>
    </div>
  );
}
