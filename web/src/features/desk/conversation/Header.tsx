/** Whose contact this is, its state, and what can be done with it. */
import { ActionIcon, Button, Menu } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChecks,
  IconChevronLeft,
  IconDots,
  IconEye,
  IconHandGrab,
  IconLayoutSidebarRight,
  IconPhoneOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconUserPlus,
} from '@tabler/icons-react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Viewer } from '@/api/realtime';
import { useCan, useClientBadge } from '@/api/session';
import type { Conversation } from '@/api/types';
import { Brand } from '@/components/Brand';
import { ChannelIcon } from '@/components/ChannelIcon';
import { useFormat } from '@/components/format';
import { displayName } from '@/components/names';
import { savePreferences, usePreferences } from '@/components/preferences';
import { RecordingButton } from '@/features/desk/conversation/RecordingButton';
import type { Deeds } from '@/features/desk/conversation/useConversationDeeds';
import type { Recording } from '@/features/desk/conversation/useRecording';
import { PriorityMark } from '@/features/desk/list/PriorityMark';
import { SentimentMark } from '@/features/desk/list/SentimentMark';
import { WaitClock } from '@/features/desk/list/WaitClock';
import classes from './Header.module.css';

const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const;

interface Props {
  row: Conversation;
  viewers: readonly Viewer[];
  deeds: Deeds;
  mine: boolean;
  /** Undefined: the person may not. */
  onAssign: (() => void) | undefined;
  onTransfer: (() => void) | undefined;
  onWrapUp: () => void;
  recording: Recording;
  /** Shows only what is; what can be done stands elsewhere. */
  watching: boolean;
}

export function Header({
  row,
  viewers,
  deeds,
  mine,
  onAssign,
  onTransfer,
  onWrapUp,
  recording,
  watching,
}: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const badge = useClientBadge(row.client_id);
  const erased = row.erased_at !== null;
  const replies = useCan('conversations.reply', row.client_id) && !erased;
  const changes = useCan('conversations.write', row.client_id) && !erased;
  const { view = 'mine' } = useParams({ strict: false });
  const { contextOpen } = usePreferences();
  const navigate = useNavigate();
  const resolved = row.status === 'resolved';
  const live = row.channel === 'chat' || row.channel === 'voice';
  const holdable = mine && !resolved && (row.phase === 'with_agent' || row.phase === 'on_hold');
  return (
    <header className={classes.header} style={{ '--brand': badge.color }}>
      <Link
        to="/desk/$view"
        params={{ view }}
        search={true}
        className={classes.back}
        aria-label={t('desk.backToList')}
      >
        <IconChevronLeft size={20} />
      </Link>
      <div className={classes.what}>
        <div className={classes.line}>
          <h1 className={classes.name} dir="auto">
            {row.channel === 'email' && row.subject ? row.subject : displayName(row.customer_name)}
          </h1>
          <PriorityMark priority={row.priority} />
          <SentimentMark sentiment={row.sentiment} />
          {row.waiting_since && <WaitClock since={row.waiting_since} due={row.due_at} />}
        </div>
        <div className={classes.facts}>
          <Brand clientId={row.client_id} />
          <span className={classes.fact}>
            <ChannelIcon channel={row.channel} size={14} />
            {t(`channel.${row.channel}`)}
          </span>
          <span className={classes.fact}>
            {mine ? t('header.mine') : (row.assignee_name ?? t('header.unassigned'))}
          </span>
          <span className={classes.fact}>{t('case.number', { number: row.case_number })}</span>
          {(resolved || row.phase !== 'with_agent') && (
            <span className={classes.fact}>
              {resolved ? t('status.resolved') : t(`phase.${row.phase}`)}
            </span>
          )}
          {row.language && <span className={classes.fact}>{format.language(row.language)}</span>}
        </div>
      </div>
      {viewers.length > 0 && (
        <span className={classes.viewers} title={viewers.map((one) => one.name).join(', ')}>
          <IconEye size={14} aria-hidden />
          {viewers.length === 1 ? viewers[0]?.name.split(' ')[0] : viewers.length}
          <span className="visually-hidden">{t('header.looking')}</span>
        </span>
      )}
      {!watching && (replies || onAssign) && (
        <div className={classes.actions}>
          <RecordingButton recording={recording} />
          {replies && !mine && !resolved && (
            <Button
              variant="default"
              leftSection={<IconHandGrab size={16} />}
              loading={deeds.busy}
              onClick={deeds.take}
              title={t('deed.take')}
            >
              {t('deed.takeShort')}
            </Button>
          )}
          {onAssign && (
            <ActionIcon
              size="lg"
              onClick={onAssign}
              aria-label={t('assign.open')}
              title={`${t('assign.open')} (A)`}
            >
              <IconUserPlus size={18} stroke={1.6} />
            </ActionIcon>
          )}
          {onTransfer && (
            <ActionIcon
              size="lg"
              onClick={onTransfer}
              aria-label={t('transfer.open')}
              title={`${t('transfer.open')} (T)`}
            >
              <IconArrowForwardUp size={18} stroke={1.6} />
            </ActionIcon>
          )}
          {resolved
            ? replies && (
                <Button
                  variant="default"
                  leftSection={<IconArrowBackUp size={16} />}
                  loading={deeds.busy}
                  onClick={deeds.reopen}
                >
                  {t('deed.reopen')}
                </Button>
              )
            : mine && (
                <Button
                  leftSection={<IconChecks size={16} />}
                  onClick={onWrapUp}
                  title={`${t('wrap.open')} (E)`}
                >
                  {t('wrap.short')}
                </Button>
              )}
          <Menu width={220}>
            <Menu.Target>
              <ActionIcon size="lg" aria-label={t('header.more')}>
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {holdable && (
                <Menu.Item
                  leftSection={
                    row.phase === 'on_hold' ? (
                      <IconPlayerPlay size={14} />
                    ) : (
                      <IconPlayerPause size={14} />
                    )
                  }
                  onClick={() => deeds.hold(row.phase !== 'on_hold')}
                >
                  {row.phase === 'on_hold' ? t('deed.resume') : t('deed.hold')}
                </Menu.Item>
              )}
              {mine && live && !resolved && row.phase !== 'after_call_work' && (
                <Menu.Item leftSection={<IconPhoneOff size={14} />} onClick={deeds.end}>
                  {t('deed.end')}
                </Menu.Item>
              )}
              {replies && row.status === 'open' && (
                <Menu.Item onClick={() => deeds.setStatus('pending')}>
                  {t('deed.toPending')}
                </Menu.Item>
              )}
              {replies && row.status === 'pending' && (
                <Menu.Item onClick={() => deeds.setStatus('open')}>{t('deed.toOpen')}</Menu.Item>
              )}
              {replies && !mine && !resolved && (
                <Menu.Item onClick={onWrapUp}>{t('wrap.open')}</Menu.Item>
              )}
              <Menu.Item
                onClick={() =>
                  void navigate({
                    to: '/customers/$customerId',
                    params: { customerId: row.customer_id },
                  })
                }
              >
                {t('header.customerPage')}
              </Menu.Item>
              {changes && (
                <>
                  <Menu.Label>{t('filter.priority')}</Menu.Label>
                  {PRIORITIES.map((one) => (
                    <Menu.Item
                      key={one}
                      aria-current={row.priority === one}
                      onClick={() => deeds.change({ priority: one })}
                      data-chosen={row.priority === one}
                      className={classes.choice}
                    >
                      {t(`priority.${one}`)}
                    </Menu.Item>
                  ))}
                </>
              )}
            </Menu.Dropdown>
          </Menu>
        </div>
      )}
      <ActionIcon
        size="lg"
        className={classes.panelSwitch}
        variant={contextOpen ? 'light' : 'subtle'}
        aria-pressed={contextOpen}
        aria-label={t('context.show')}
        title={`${contextOpen ? t('context.hide') : t('context.show')} (I)`}
        onClick={() => savePreferences({ contextOpen: !contextOpen })}
      >
        <IconLayoutSidebarRight size={18} stroke={1.6} />
      </ActionIcon>
    </header>
  );
}
