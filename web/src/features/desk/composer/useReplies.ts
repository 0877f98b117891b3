/** Replies on their way to the server: the field is free at once, and what fails comes back into it. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { conversationsApi } from '@/api/conversations';
import { catchUp, putMessages } from '@/api/sync';
import { errorText } from '@/components/errors';
import { showToast } from '@/components/toasts';
import type { DraftContent } from '@/features/desk/composer/content';
import { outbox } from '@/features/desk/composer/outbox';
import { addPending } from '@/features/desk/composer/pending';
import type { DraftState } from '@/features/desk/composer/useDraft';

const SLOW_MS = 400;

interface Replies {
  send: (content: DraftContent) => void;
  /** Something is under way for longer than goes unnoticed. */
  slow: boolean;
}

export function useReplies(conversationId: string, draft: DraftState): Replies {
  const { t } = useTranslation();
  const [slow, setSlow] = useState(false);
  const timer = useRef<number | undefined>(undefined);
  const latest = useRef({ draft, t });
  useEffect(() => {
    latest.current = { draft, t };
  });
  const [send] = useState(() =>
    outbox({
      post: async (letter, key) => {
        await latest.current.draft.kept();
        return conversationsApi.reply(
          conversationId,
          {
            text: letter.text.trim(),
            ...(letter.html && { html: letter.html }),
            file_ids: letter.attachments.map((one) => one.file_id),
          },
          key,
        );
      },
      onSent: ({ message, pending }) => {
        latest.current.draft.sent();
        if (message) putMessages(conversationId, [message]);
        else catchUp(conversationId);
        if (pending) addPending(pending);
      },
      onFailed: (error, back) => {
        latest.current.draft.giveBack(back);
        const text = latest.current.t('composer.notSent');
        showToast({ tone: 'bad', text, detail: errorText(error) }, 10);
      },
      onIdle: () => {
        window.clearTimeout(timer.current);
        timer.current = undefined;
        setSlow(false);
      },
    }),
  );
  return {
    send: (content) => {
      timer.current ??= window.setTimeout(() => setSlow(true), SLOW_MS);
      send(content);
    },
    slow,
  };
}
