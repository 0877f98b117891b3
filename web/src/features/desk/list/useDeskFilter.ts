/** Which list the address asks for. */
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { viewsQuery, type ListFilter } from '@/api/conversations';
import { isBuiltIn } from '@/features/desk/list/views';

export function useDeskFilter(): ListFilter {
  const { view } = useParams({ from: '/shell/desk/$view' });
  const search = useSearch({ from: '/shell/desk/$view' });
  const { data: saved } = useQuery(viewsQuery);
  return useMemo(() => {
    const { sort = 'waiting', ...chosen } = search;
    delete chosen.watch;
    if (isBuiltIn(view)) return { view, sort, ...chosen };
    const filter = saved?.items.find((one) => one.id === view)?.filter ?? {};
    return { view: 'all', sort, ...filter, ...chosen };
  }, [view, search, saved]);
}
