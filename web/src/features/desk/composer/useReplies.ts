/** Replies on their way to the server: the field is free at once, and what fails comes back into it. */
import { useLayoutEffect, useRef } from 'react';
import { conversationsApi } from '@/api/conversations';
import { useMe } from '@/api/session';
import { catchUp, putMessages } from '@/api/sync';
import { useStore } from '@/components/store';
import { boxes } from '@/features/desk/composer/boxes';
import type { DraftContent } from '@/features/desk/composer/content';
import { failing } from '@/features/desk/composer/failing';
import { awayField, repliesOf } from '@/features/desk/composer/keeping';
import { addPending } from '@/features/desk/composer/pending';
import { replyBox, type Field } from '@/features/desk/composer/replies';

interface Replies {
  send: (content: DraftContent) => void;
  /** Something is under way for longer than goes unnoticed. */
  slow: boolean;
}

const boxOf = boxes((personId, conversationId) =>
  replyBox({
    post: (content, key) =>
      conversationsApi.reply(
        conversationId,
        {
          text: content.text.trim(),
          ...(content.html && { html: content.html }),
          file_ids: content.attachments.map((one) => one.file_id),
        },
        key,
      ),
    ...failing('composer.notSent'),
    letters: repliesOf(personId, conversationId),
    away: awayField(personId, conversationId),
    onSent: ({ message, pending }) => {
      if (message) putMessages(conversationId, [message]);
      else catchUp(conversationId);
      if (pending) addPending(pending);
    },
  }),
);

export function useReplies(conversationId: string, field: Field): Replies {
  const me = useMe();
  const box = boxOf(me.person.id, conversationId);
  const latest = useRef(field);
  useLayoutEffect(() => {
    latest.current = field;
  });
  useLayoutEffect(
    () =>
      box.enter({
        kept: () => latest.current.kept(),
        sent: () => latest.current.sent(),
        giveBack: (back) => latest.current.giveBack(back),
      }),
    [box],
  );
  return { send: box.send, slow: useStore(box.slow) };
}
