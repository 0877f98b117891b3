/** A note that is being written, kept until the session ends; once it is sent the field is free for another. */
import { useEffect } from 'react';
import { queryClient } from '@/api/client';
import { conversationsApi } from '@/api/conversations';
import { assignableQuery } from '@/api/routing';
import { useMe } from '@/api/session';
import { putMessages } from '@/api/sync';
import type { Conversation } from '@/api/types';
import { useStore } from '@/components/store';
import { boxes } from '@/features/desk/composer/boxes';
import type { Content } from '@/features/desk/composer/content';
import { failing } from '@/features/desk/composer/failing';
import { lettersIn } from '@/features/desk/composer/letters';
import { noteBox } from '@/features/desk/composer/notes';

/** The ids of those whose `@Name` stands in the text. */
function mentionsIn(conversationId: string, text: string): string[] {
  const people = queryClient.getQueryData(assignableQuery(conversationId).queryKey)?.items ?? [];
  return people.filter((one) => text.includes(`@${one.name}`)).map((one) => one.id);
}

const boxOf = boxes((personId, conversationId) =>
  noteBox({
    post: (note, key) => conversationsApi.note(conversationId, note, key),
    ...failing('composer.noteNotAdded'),
    letters: lettersIn(localStorage, `careloom.notes.${personId}.${conversationId}`),
    mentionsIn: (text) => mentionsIn(conversationId, text),
    onSent: (message) => putMessages(conversationId, [message]),
  }),
);

export interface NoteState {
  content: Content;
  /** Changes when the note was sent, or came back: the editor starts anew. */
  version: number;
  edit: (content: Content) => void;
  /** Whether there was something to send. */
  send: () => boolean;
}

export function useNote(row: Conversation): NoteState {
  const me = useMe();
  const box = boxOf(me.person.id, row.id);
  useEffect(() => box.resume(), [box]);
  const { content, version } = useStore(box.state);
  return { content, version, edit: box.edit, send: box.send };
}
