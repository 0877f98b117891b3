/** One contact in the list. */
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { useClientBadge } from '@/api/session';
import type { Conversation } from '@/api/types';
import { Brand } from '@/components/Brand';
import { ChannelIcon } from '@/components/ChannelIcon';
import { displayName } from '@/components/names';
import { When } from '@/components/Times';
import { PriorityMark } from '@/features/desk/list/PriorityMark';
import { SentimentMark } from '@/features/desk/list/SentimentMark';
import { WaitClock } from '@/features/desk/list/WaitClock';
import classes from './ConversationRow.module.css';

interface Props {
  row: Conversation;
  view: string;
  open: boolean;
  focusable: boolean;
  mine: boolean;
  onFocus: (id: string) => void;
}

export const ConversationRow = memo(function ConversationRow({
  row,
  view,
  open,
  focusable,
  mine,
  onFocus,
}: Props) {
  const { t } = useTranslation();
  const badge = useClientBadge(row.client_id);
  const first = row.channel === 'email' && row.subject ? row.subject : '';
  return (
    <Link
      to="/desk/$view/$conversationId"
      params={{ view, conversationId: row.id }}
      search={true}
      preload={false}
      className={classes.row}
      style={{ '--brand': badge.color }}
      data-open={open}
      data-unread={row.unread}
      data-row={row.id}
      tabIndex={focusable ? 0 : -1}
      aria-current={open ? 'true' : undefined}
      onFocus={() => onFocus(row.id)}
      draggable={false}
    >
      <span className={classes.line}>
        <ChannelIcon channel={row.channel} size={14} />
        <span className={classes.name} dir="auto">
          {displayName(row.customer_name)}
        </span>
        {row.unread && <span className="visually-hidden">{t('list.unread')}</span>}
        {row.waiting_since ? (
          <WaitClock since={row.waiting_since} due={row.due_at} />
        ) : (
          <span className={classes.when}>
            <When at={row.updated_at} />
          </span>
        )}
      </span>
      <span className={classes.preview} dir="auto">
        {first && <span className={classes.subject}>{first}</span>}
        {first ? <bdi>{row.preview}</bdi> : row.preview}
      </span>
      <span className={classes.foot}>
        <Brand clientId={row.client_id} />
        <span className={classes.marks}>
          <PriorityMark priority={row.priority} />
          <SentimentMark sentiment={row.sentiment} />
          {row.phase === 'on_hold' && <span className={classes.tag}>{t('phase.on_hold')}</span>}
          {row.status !== 'open' && (
            <span className={classes.tag}>{t(`status.${row.status}`)}</span>
          )}
          {row.assignee_name && !mine && (
            <span className={classes.assignee} dir="auto">
              {row.assignee_name}
            </span>
          )}
        </span>
      </span>
    </Link>
  );
});
