/** Taking back a reply that has not left yet. */
import { useMutation, type UseMutationResult } from '@tanstack/react-query';
import i18next from 'i18next';
import { useEffect } from 'react';
import { queryClient } from '@/api/client';
import {
  conversationQuery,
  conversationsApi,
  draftQuery,
  pendingRepliesQuery,
} from '@/api/conversations';
import type { PendingReply } from '@/api/types';
import { toastError } from '@/components/errors';
import { displayName } from '@/components/names';
import { showToast } from '@/components/toasts';
import { dropPending } from '@/features/desk/composer/pending';

const TOO_LATE_MS = 1000;

/** The server puts the reply back into the draft; whoever opens the conversation reads it there. */
async function recall(pending: PendingReply): Promise<void> {
  await conversationsApi.recall(pending.id);
  dropPending(pending.id);
  void queryClient.invalidateQueries(draftQuery(pending.conversation_id));
}

export function useRecall(
  pending: PendingReply,
  onRecalled: (reply: PendingReply) => void,
): UseMutationResult<void, unknown, void> {
  return useMutation({
    mutationFn: () => recall(pending),
    onSuccess: () => onRecalled(pending),
    onError: toastError,
  });
}

/** Offers the way back for as long as there is one, to someone who is leaving the conversation. */
function offerRecall(conversationId: string): void {
  const all = queryClient.getQueryData(pendingRepliesQuery.queryKey)?.items ?? [];
  const pending = all.findLast((one) => one.conversation_id === conversationId);
  const left = pending ? Date.parse(pending.send_at) - Date.now() : 0;
  if (!pending || left < TOO_LATE_MS) return;
  const row = queryClient.getQueryData(conversationQuery(conversationId).queryKey);
  const name = displayName(row?.customer_name ?? '');
  const undo = () => {
    recall(pending).then(
      () => showToast({ tone: 'good', text: i18next.t('composer.recalledTo', { name }) }),
      toastError,
    );
  };
  showToast(
    {
      text: i18next.t('composer.leaving', { name }),
      action: { name: i18next.t('action.undo'), run: undo },
    },
    left / 1000,
  );
}

export function useRecallAfterLeaving(conversationId: string): void {
  useEffect(() => () => offerRecall(conversationId), [conversationId]);
}
