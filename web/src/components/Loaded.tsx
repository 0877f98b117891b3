/** What is shown of an answer once it is there: until then its shape, and what went wrong. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '@/api/http';
import { Failed, RowSkeletons } from '@/components/States';

export function Loaded<T>({
  query,
  skeletons,
  children,
}: {
  query: UseQueryResult<T>;
  skeletons?: { count?: number; height?: number };
  children: (data: T) => ReactNode;
}) {
  if (query.isPending) return <RowSkeletons {...skeletons} />;
  const gone = query.error instanceof ApiError && [403, 404].includes(query.error.status);
  // What else cannot be fetched again stays as it was: somebody may be writing in it.
  if (query.isLoadingError || gone)
    return <Failed error={query.error} retry={() => void query.refetch()} />;
  return children(query.data);
}
