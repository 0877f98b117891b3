/** A note that is being written, kept while the contact is open; once it is sent the field is free for another. */
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { conversationsApi } from '@/api/conversations';
import { assignableQuery } from '@/api/routing';
import { putMessages } from '@/api/sync';
import type { Conversation } from '@/api/types';
import { errorText } from '@/components/errors';
import { showToast } from '@/components/toasts';
import { EMPTY, isEmpty, type Content } from '@/features/desk/composer/content';

/** The ids of those whose `@Name` stands in the text. */
function mentionsIn(conversationId: string, text: string): string[] {
  const people = queryClient.getQueryData(assignableQuery(conversationId).queryKey)?.items ?? [];
  return people.filter((one) => text.includes(`@${one.name}`)).map((one) => one.id);
}

/** Notes that could not be added, by their conversation, for whoever had left it by then. */
const returned = new Map<string, Content>();

export interface NoteState {
  content: Content;
  /** Changes when the note was sent, or came back: the editor starts anew. */
  version: number;
  edit: (content: Content) => void;
  /** Whether there was something to send. */
  send: () => boolean;
}

export function useNote(row: Conversation): NoteState {
  const [{ content, version }, setState] = useState(() => ({
    content: returned.get(row.id) ?? EMPTY,
    version: 0,
  }));
  const now = useRef(content);
  const show = (next: Content) => {
    now.current = next;
    returned.delete(row.id);
    setState((before) => ({ content: next, version: before.version + 1 }));
  };
  const { t } = useTranslation();
  const adding = useMutation({
    scope: { id: `note-${row.id}` },
    mutationFn: ({ text }: Content) =>
      conversationsApi.note(row.id, { text: text.trim(), mentions: mentionsIn(row.id, text) }),
    onSuccess: (message) => putMessages(row.id, [message]),
    onError: (error, { text }) => {
      const back = [text, now.current.text].filter(Boolean).join('\n\n');
      show({ text: back, html: null });
      returned.set(row.id, now.current);
      showToast({ tone: 'bad', text: t('composer.noteNotAdded'), detail: errorText(error) }, 10);
    },
  });
  return {
    content,
    version,
    edit: (next) => {
      now.current = next;
      returned.delete(row.id);
      setState((before) => ({ ...before, content: next }));
    },
    send: () => {
      if (isEmpty(content)) return false;
      adding.mutate(content);
      show(EMPTY);
      return true;
    },
  };
}
