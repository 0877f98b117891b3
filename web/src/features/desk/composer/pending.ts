/** Replies that wait for their moment and can still be recalled. */
import { useQuery } from '@tanstack/react-query';
import { queryClient } from '@/api/client';
import { catchUp } from '@/api/sync';
import type { PendingReply } from '@/api/types';

const keyOf = (conversationId: string) => ['pending-reply', conversationId];

export function setPending(conversationId: string, pending: PendingReply | null): void {
  queryClient.setQueryData(keyOf(conversationId), pending);
  if (!pending) return;
  const left = new Date(pending.send_at).getTime() - Date.now();
  window.setTimeout(() => {
    const now = queryClient.getQueryData<PendingReply | null>(keyOf(conversationId));
    if (now?.id === pending.id) queryClient.setQueryData(keyOf(conversationId), null);
    catchUp(conversationId);
  }, left + 1200);
}

export function usePending(conversationId: string): PendingReply | null {
  const { data } = useQuery<PendingReply | null>({
    queryKey: keyOf(conversationId),
    queryFn: () => queryClient.getQueryData<PendingReply | null>(keyOf(conversationId)) ?? null,
    staleTime: Infinity,
  });
  return data ?? null;
}
