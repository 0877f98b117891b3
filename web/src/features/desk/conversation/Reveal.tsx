/** Shows what was masked in a message, to those who may see it, and hides it again by itself. */
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useMe } from '@/api/session';
import type { Items, Message, Original } from '@/api/types';
import { toastError } from '@/components/errors';
import { showToast } from '@/components/toasts';
import { useShown } from '@/components/useShown';
import { escaped, hasMasked, withOriginals } from '@/features/desk/conversation/originals';
import classes from './Message.module.css';

/** The message as it is to be shown, and the button that shows what was masked; null where there is none. */
export function useRevealed(message: Message) {
  const { t } = useTranslation();
  const may = useMe().permissions.includes('privacy.reveal');
  const [found, setFound] = useShown<readonly Original[]>();
  const originals = found ?? [];
  const revealing = useMutation({
    mutationFn: () =>
      http.post<Items<Original>>(
        `/api/conversations/${message.conversation_id}/messages/${message.seq}/reveal`,
      ),
    onSuccess: ({ items }) => {
      setFound(items);
      showToast({ text: items.length > 0 ? t('thread.revealed') : t('thread.nothingKept') }, 5);
    },
    onError: toastError,
  });
  const shown = originals.length > 0;
  const masked = [message.text, message.html, message.folded_text].some(hasMasked);
  const Icon = shown ? IconEyeOff : IconEye;
  const button = may && masked && (
    <button
      type="button"
      className={classes.reveal}
      disabled={revealing.isPending}
      onClick={() => (shown ? setFound(null) : revealing.mutate())}
    >
      <Icon size={14} aria-hidden />
      {shown ? t('thread.hideAgain') : t('thread.reveal')}
    </button>
  );
  return {
    button,
    text: withOriginals(message.text, 'text', originals),
    html: message.html && withOriginals(message.html, 'html', originals, escaped),
    folded: message.folded_text && withOriginals(message.folded_text, 'folded_text', originals),
  };
}
