/** Says that one looks on, and leads out of it: into the conversation, or back to the board. */
import { Button } from '@mantine/core';
import { IconEye, IconHandGrab, IconMessagePlus, IconPencil } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Viewer } from '@/api/realtime';
import { useCan } from '@/api/session';
import type { Conversation } from '@/api/types';
import { useActions } from '@/components/actions';
import { Bar } from '@/features/desk/conversation/Bar';
import classes from './WatchBar.module.css';

interface Props {
  row: Conversation;
  viewers: readonly Viewer[];
  busy: boolean;
  /** Undefined: the person may not. */
  onJoin: (() => void) | undefined;
  onTake: (() => void) | undefined;
}

export function WatchBar({ row, viewers, busy, onJoin, onTake }: Props) {
  const { t } = useTranslation();
  const seesBoard = useCan('live.read');
  const writing = viewers.filter((one) => one.typing).map((one) => one.name);
  const resolved = row.status === 'resolved';
  const group = t('group.conversation');
  useActions([
    ...(onJoin
      ? [{ id: 'watch.join', name: t('watch.joinLong'), group, keys: 'r', run: onJoin }]
      : []),
    ...(onTake
      ? [{ id: 'conversation.take', name: t('deed.take'), group, keys: 'm', run: onTake }]
      : []),
  ]);
  return (
    <Bar
      label={t('watch.title')}
      icon={<IconEye size={18} aria-hidden />}
      text={
        <>
          <strong>{t('watch.title')}</strong>{' '}
          {resolved
            ? t('composer.resolved')
            : row.assignee_name
              ? t('watch.of', { name: row.assignee_name })
              : t('watch.nobody')}
          <span className={classes.writing} role="status">
            {writing.length > 0 && (
              <>
                <IconPencil size={14} aria-hidden />
                {t('thread.typing', { name: writing.join(', ') })}
              </>
            )}
          </span>
        </>
      }
    >
      {onJoin && (
        <Button
          variant="default"
          leftSection={!resolved && <IconMessagePlus size={16} />}
          title={resolved ? undefined : `${t('watch.joinLong')} (R)`}
          onClick={onJoin}
        >
          {resolved ? t('watch.stop') : t('watch.join')}
        </Button>
      )}
      {onTake && (
        <Button
          variant="default"
          leftSection={<IconHandGrab size={16} />}
          title={`${t('deed.take')} (M)`}
          loading={busy}
          onClick={onTake}
        >
          {t('watch.takeOver')}
        </Button>
      )}
      {seesBoard && (
        <Button variant="subtle" component={Link} {...({ to: '/live' } as object)}>
          {t('watch.back')}
        </Button>
      )}
    </Bar>
  );
}
