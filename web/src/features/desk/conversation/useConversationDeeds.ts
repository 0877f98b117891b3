/** What can be done to a conversation, with the cache kept true and an undo where there is one. */
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { conversationsApi } from '@/api/conversations';
import { queryClient } from '@/api/client';
import { conversationQuery } from '@/api/conversations';
import { catchUp, putConversation, refreshLists } from '@/api/sync';
import type { Conversation } from '@/api/types';
import { toastError } from '@/components/errors';
import { showToast } from '@/components/toasts';

/** Puts the answer of a deed into the cache and lets lists and thread follow. */
export function settle(row: Conversation): void {
  putConversation(row);
  catchUp(row.id);
  refreshLists();
}

export interface Deeds {
  take: () => void;
  hold: (on: boolean) => void;
  end: () => void;
  reopen: () => void;
  setStatus: (status: 'open' | 'pending') => void;
  change: (change: Parameters<typeof conversationsApi.change>[1]) => void;
  busy: boolean;
}

export function useConversationDeeds(id: string): Deeds {
  const { t } = useTranslation();
  const deed = useMutation({
    mutationFn: (run: () => Promise<Conversation>) => run(),
    onSuccess: settle,
    onError: toastError,
  });
  const change = useMutation({
    mutationFn: (values: Parameters<typeof conversationsApi.change>[1]) =>
      conversationsApi.change(id, values),
    onMutate: (values) => {
      const before = queryClient.getQueryData(conversationQuery(id).queryKey);
      if (before)
        queryClient.setQueryData(conversationQuery(id).queryKey, { ...before, ...values });
      return before;
    },
    onSuccess: settle,
    onError: (error, _values, before) => {
      if (before) queryClient.setQueryData(conversationQuery(id).queryKey, before);
      toastError(error);
    },
  });
  return {
    take: () =>
      deed.mutate(() => conversationsApi.take(id), {
        onSuccess: () => showToast({ tone: 'good', text: t('deed.taken') }, 3),
      }),
    hold: (on) => deed.mutate(() => conversationsApi.hold(id, on)),
    end: () => deed.mutate(() => conversationsApi.end(id)),
    reopen: () => deed.mutate(() => conversationsApi.reopen(id)),
    setStatus: (status) => deed.mutate(() => conversationsApi.setStatus(id, status)),
    change: (values) => change.mutate(values),
    busy: deed.isPending,
  };
}
