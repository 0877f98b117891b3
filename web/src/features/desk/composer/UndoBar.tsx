/** A reply that has not left yet: how long, and the way back. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PendingReply } from '@/api/types';
import { useActions } from '@/components/actions';
import { useNow } from '@/components/clock';
import { Keys } from '@/components/Keys';
import { useRecall } from '@/features/desk/composer/recall';
import classes from './Composer.module.css';

export function UndoBar({
  pending,
  onRecalled,
}: {
  pending: PendingReply;
  onRecalled: (reply: PendingReply) => void;
}) {
  const { t } = useTranslation();
  const now = useNow();
  const left = Math.max(0, Math.ceil((new Date(pending.send_at).getTime() - now) / 1000));
  const recall = useRecall(pending, onRecalled);
  useActions([
    {
      id: 'composer.recall',
      name: t('composer.recall'),
      group: t('group.composer'),
      keys: 'alt+z',
      whileTyping: true,
      run: () => recall.mutate(),
    },
  ]);
  return (
    <div className={classes.undo}>
      <span className={classes.undoText}>
        <span role="timer">
          {left > 0 ? t('composer.sendsIn', { count: left }) : t('composer.sendsNow')}
        </span>
        <span className={classes.undoPreview} dir="auto">
          {pending.text}
        </span>
      </span>
      <Button
        variant="default"
        loading={recall.isPending}
        onClick={() => recall.mutate()}
        rightSection={<Keys keys="alt+z" />}
      >
        {t('action.undo')}
      </Button>
    </div>
  );
}
