/** The contact to take up after this one. */
import { useNavigate, useParams } from '@tanstack/react-router';
import { useCallback } from 'react';
import { queryClient } from '@/api/client';
import { conversationList } from '@/api/conversations';
import { useDeskFilter } from '@/features/desk/list/useDeskFilter';

/** Opens the next row of the list as it stands, or the empty desk. */
export function useNext(): (afterId: string) => void {
  const navigate = useNavigate();
  const filter = useDeskFilter();
  const { view = 'mine' } = useParams({ strict: false });
  return useCallback(
    (afterId: string) => {
      const data = queryClient.getQueryData(conversationList(filter).queryKey);
      const rows = (data?.pages ?? [])
        .flatMap((page) => page.items)
        .filter((row) => row.id === afterId || row.status !== 'resolved');
      const at = rows.findIndex((row) => row.id === afterId);
      const next = rows[at + 1] ?? rows.find((row) => row.id !== afterId);
      if (next) {
        void navigate({
          to: '/desk/$view/$conversationId',
          params: { view, conversationId: next.id },
          search: true,
        });
      } else {
        void navigate({ to: '/desk/$view', params: { view }, search: true });
      }
    },
    [navigate, filter, view],
  );
}
