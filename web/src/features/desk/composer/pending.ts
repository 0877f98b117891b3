/** Replies that wait for their moment and can still be recalled. */
import { useQuery } from '@tanstack/react-query';
import { queryClient } from '@/api/client';
import { pendingRepliesQuery } from '@/api/conversations';
import type { Items, PendingReply } from '@/api/types';

const key = pendingRepliesQuery.queryKey;

function update(change: (items: PendingReply[]) => PendingReply[]): void {
  queryClient.setQueryData<Items<PendingReply>>(key, (now) => ({
    items: change(now?.items ?? []),
  }));
}

export function addPending(reply: PendingReply): void {
  update((items) => [...items.filter((one) => one.id !== reply.id), reply]);
}

export function dropPending(id: string): void {
  update((items) => items.filter((one) => one.id !== id));
}

/** The last reply of a conversation that can be recalled. */
export function usePending(conversationId: string): PendingReply | null {
  const { data } = useQuery(pendingRepliesQuery);
  return data?.items.findLast((one) => one.conversation_id === conversationId) ?? null;
}
