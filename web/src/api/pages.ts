/** A list as the server gives it: page by page, each naming the next. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { http, type QueryValues } from '@/api/http';
import type { Page } from '@/api/types';

export const pagesAt = <T>(
  queryKey: readonly unknown[],
  path: string,
  query: QueryValues = {},
  options: { staleTime?: number } = {},
) =>
  infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      http.get<Page<T>>(path, { limit: 50, ...query, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    ...options,
  });
