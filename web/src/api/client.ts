/** The shared query cache. */
import {
  QueryClient,
  type InvalidateOptions,
  type InvalidateQueryFilters,
  type Query,
  type QueryCacheNotifyEvent,
  type QueryClientConfig,
  type QueryKey,
} from '@tanstack/react-query';
import { ApiError } from '@/api/http';

/**
 * No answer that is older than what is known already is taken as new, as the library by itself would: what is told to
 * be old is fetched anew also where its first fetch is under way, and what is put in (by the answer to a deed, or by an
 * event) makes a fetch that is under way begin again. Lists are left out of the latter: they would begin again with
 * every row.
 */
export class Cache extends QueryClient {
  constructor(config?: QueryClientConfig) {
    super(config);
    this.getQueryCache().subscribe(beginAgain);
  }

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

function beginAgain(event: QueryCacheNotifyEvent): void {
  if (event.type !== 'updated' || event.action.type !== 'success' || !event.action.manual) return;
  const { query } = event;
  if (query.state.fetchStatus === 'idle' || query.queryType === 'infinite') return;
  query.fetch(undefined, { cancelRefetch: true }).catch(() => undefined);
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
