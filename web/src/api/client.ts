/** The shared query cache. */
import {
  QueryClient,
  type InvalidateOptions,
  type InvalidateQueryFilters,
  type Query,
  type QueryKey,
} from '@tanstack/react-query';
import { ApiError } from '@/api/http';

/**
 * What is told to be old is fetched anew also where its first fetch is under way, whose answer may be older than what
 * was told: the library by itself would take that answer as new.
 */
export class Cache extends QueryClient {
  override async invalidateQueries<Key extends QueryKey = QueryKey>(
    filters?: InvalidateQueryFilters<Key>,
    options?: InvalidateOptions,
  ): Promise<void> {
    const first = this.getQueryCache()
      .findAll(filters as InvalidateQueryFilters)
      .filter(isFirstFetch);
    for (const query of first)
      void ended(query).then(() =>
        super.invalidateQueries({ queryKey: query.queryKey, exact: true }),
      );
    await super.invalidateQueries(filters, options);
  }

  /** Waits for the first fetch of a query, if one is under way. */
  async arrived(queryKey: QueryKey): Promise<void> {
    const query = this.getQueryCache().find({ queryKey });
    if (query && isFirstFetch(query)) await ended(query);
  }
}

function isFirstFetch(query: Query): boolean {
  return query.state.fetchStatus !== 'idle' && query.state.data === undefined;
}

/** Waits until a fetch has come to its end and its answer, if any, is in the cache. */
async function ended(query: Query): Promise<void> {
  await query.promise?.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve));
}

export const queryClient = new Cache({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 15 * 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => {
        // While the server is away the request itself is repeated.
        if (
          error instanceof ApiError &&
          ((error.status >= 400 && error.status < 500) || error.status === 503)
        )
          return false;
        return failures < 2;
      },
    },
  },
});
