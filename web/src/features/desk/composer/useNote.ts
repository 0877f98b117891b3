/** A note that is being written; it is kept while the contact is open. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '@/api/client';
import { conversationsApi } from '@/api/conversations';
import { assignableQuery } from '@/api/routing';
import { putMessages } from '@/api/sync';
import type { Conversation } from '@/api/types';
import { toastError } from '@/components/errors';
import { EMPTY, isEmpty, type Content } from '@/features/desk/composer/content';

/** The ids of those whose `@Name` stands in the text. */
function mentionsIn(conversationId: string, text: string): string[] {
  const people = queryClient.getQueryData(assignableQuery(conversationId).queryKey)?.items ?? [];
  return people.filter((one) => text.includes(`@${one.name}`)).map((one) => one.id);
}

export interface NoteState {
  content: Content;
  /** Changes when the note was added: the editor starts anew. */
  version: number;
  edit: (content: Content) => void;
  send: (onAdded?: () => void) => void;
  busy: boolean;
}

export function useNote(row: Conversation): NoteState {
  const [{ content, version }, setState] = useState({ content: EMPTY, version: 0 });
  const adding = useMutation({
    mutationFn: ({ text }: Content) =>
      conversationsApi.note(row.id, { text: text.trim(), mentions: mentionsIn(row.id, text) }),
    onSuccess: (message) => {
      putMessages(row.id, [message]);
      setState((now) => ({ content: EMPTY, version: now.version + 1 }));
    },
    onError: toastError,
  });
  return {
    content,
    version,
    edit: (next) => setState((now) => ({ ...now, content: next })),
    send: (onAdded) => {
      if (isEmpty(content) || adding.isPending) return;
      adding.mutate(content, { onSuccess: () => onAdded?.() });
    },
    busy: adding.isPending,
  };
}
