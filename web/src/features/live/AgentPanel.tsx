/** One agent beside the board: state and what is in their hands, with what a lead can do about it. */
import { Button, Drawer, TextInput } from '@mantine/core';
import { IconEye, IconTransfer } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { conversationsApi, conversationsByIds } from '@/api/conversations';
import { assignableQuery, queuesQuery } from '@/api/routing';
import { useCan } from '@/api/session';
import { putConversation, refreshLists } from '@/api/sync';
import type { AgentNow, Conversation } from '@/api/types';
import { Brand } from '@/components/Brand';
import { ChannelIcon } from '@/components/ChannelIcon';
import { Dialog } from '@/components/Dialog';
import { useFocusBack } from '@/components/useFocusBack';
import { toastError } from '@/components/errors';
import { Picker } from '@/components/Picker';
import { PresenceDot } from '@/components/PresenceDot';
import { Failed, RowSkeletons } from '@/components/States';
import { Since } from '@/components/Times';
import { showToast } from '@/components/toasts';
import { refreshBoard, STATES, useSetState } from '@/features/live/agentActions';
import { InState, Load } from '@/features/live/AgentGrid';
import classes from './AgentPanel.module.css';

export function AgentPanel({ agent, onClose }: { agent: AgentNow; onClose: () => void }) {
  const { t } = useTranslation(['live', 'common']);
  const orders = useCan('presence.set_others');
  const setState = useSetState();
  const [reason, setReason] = useState('');
  const [moving, setMoving] = useState<Conversation | null>(null);
  useFocusBack();
  return (
    <Drawer
      opened
      onClose={onClose}
      closeOnEscape={moving === null}
      position="right"
      size={400}
      withOverlay={false}
      lockScroll={false}
      title={agent.name}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
      classNames={{ content: classes.drawer ?? '' }}
      zIndex={350}
    >
      <div className={classes.now}>
        <PresenceDot state={agent.state} />
        <strong>{t(`common:presence.${agent.state}`)}</strong>
        <InState agent={agent} />
        <Load agent={agent} />
      </div>
      <p className={classes.quiet}>
        {[agent.team_name, agent.site_name].filter(Boolean).join(' · ')}
      </p>
      {orders && (
        <section className={classes.section} aria-label={t('setState')}>
          <h3>{t('setState')}</h3>
          <TextInput
            size="xs"
            label={t('reason')}
            description={t('reasonHint')}
            maxLength={200}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <div className={classes.states}>
            {STATES.filter((state) => state !== agent.state).map((state) => (
              <Button
                key={state}
                variant="default"
                size="compact-sm"
                leftSection={<PresenceDot state={state} />}
                loading={setState.isPending && setState.variables.state === state}
                onClick={() => {
                  setState.mutate({ agent, state, reason });
                  setReason('');
                }}
              >
                {t(`common:presence.${state}`)}
              </Button>
            ))}
          </div>
        </section>
      )}
      <section className={classes.section} aria-label={t('conversations')}>
        <h3>{t('conversations')}</h3>
        <Held agent={agent} moving={moving} onMove={setMoving} />
      </section>
    </Drawer>
  );
}

function Held({
  agent,
  moving,
  onMove,
}: {
  agent: AgentNow;
  moving: Conversation | null;
  onMove: (row: Conversation | null) => void;
}) {
  const { t } = useTranslation(['live', 'common']);
  const reads = useCan('conversations.read');
  const assigns = useCan('conversations.assign');
  const ids = [...agent.conversations].sort().slice(0, 100);
  const query = useQuery({
    queryKey: ['live', 'held', agent.person_id, ids],
    queryFn: () => conversationsByIds(ids),
    enabled: reads && ids.length > 0,
    placeholderData: (before) => before,
  });
  if (ids.length === 0) return <p className={classes.quiet}>{t('noConversations')}</p>;
  if (!reads) return <p className={classes.quiet}>{t('held', { count: ids.length })}</p>;
  if (query.isPending) return <RowSkeletons count={Math.min(3, ids.length)} height={72} />;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  const rows = query.data.items.filter((row) => ids.includes(row.id));
  return (
    <>
      <ul className={classes.list}>
        {rows.map((row) => (
          <li key={row.id}>
            <div className={classes.who}>
              <ChannelIcon channel={row.channel} size={14} />
              <strong dir="auto">{row.customer_name}</strong>
              {row.waiting_since && (
                <span className={classes.quiet}>
                  {t('waits')} <Since at={row.waiting_since} />
                </span>
              )}
            </div>
            <p className={classes.preview} dir="auto">
              {row.subject || row.preview}
            </p>
            <div className={classes.tools}>
              <Brand clientId={row.client_id} />
              <Button
                component={Link}
                {...({
                  to: '/desk/$view/$conversationId',
                  params: { view: 'all', conversationId: row.id },
                  search: { assignee_id: agent.person_id, watch: true },
                } as object)}
                size="compact-sm"
                variant="default"
                leftSection={<IconEye size={14} aria-hidden />}
              >
                {t('watch')}
              </Button>
              {assigns && (
                <Button
                  size="compact-sm"
                  variant="default"
                  leftSection={<IconTransfer size={14} aria-hidden />}
                  onClick={() => onMove(row)}
                >
                  {t('reassign')}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {moving && <Reassign row={moving} from={agent} onClose={() => onMove(null)} />}
    </>
  );
}

interface Target {
  id: string;
  name: string;
  kind: 'person' | 'queue';
}

function Reassign({
  row,
  from,
  onClose,
}: {
  row: Conversation;
  from: AgentNow;
  onClose: () => void;
}) {
  const { t } = useTranslation(['live', 'common']);
  const people = useQuery(assignableQuery(row.id));
  const queues = useQuery(queuesQuery(row.client_id));
  const done = (now: Conversation) => {
    putConversation(now);
    refreshLists();
    refreshBoard();
  };
  const move = useMutation({
    mutationFn: (target: Target) =>
      target.kind === 'person'
        ? conversationsApi.assign(row.id, { person_id: target.id })
        : conversationsApi.transfer(row.id, { queue_id: target.id, note: '' }),
    onSuccess: (now, target) => {
      done(now);
      showToast({
        tone: 'good',
        text: t('reassigned', { customer: row.customer_name, name: target.name }),
        action: {
          name: t('common:action.undo'),
          run: () => {
            conversationsApi.assign(row.id, { person_id: from.person_id }).then(done, toastError);
          },
        },
      });
      onClose();
    },
    onError: toastError,
  });
  const choices = people.data &&
    queues.data && [
      ...people.data.items
        .filter((one) => one.id !== from.person_id)
        .sort(
          (a, b) =>
            Number(b.state === 'available') - Number(a.state === 'available') ||
            a.name.localeCompare(b.name),
        )
        .map((one) => ({
          id: one.id,
          name: one.name,
          kind: 'person' as const,
          icon: <PresenceDot state={one.state} />,
          detail: t(`common:presence.${one.state}`),
        })),
      ...queues.data.items
        .filter((one) => one.active)
        .map((one) => ({
          id: one.id,
          name: one.name,
          kind: 'queue' as const,
          detail: t('queueWord'),
        })),
    ];
  return (
    <Dialog
      onClose={onClose}
      title={t('reassignTitle', { name: row.customer_name })}
      padding={0}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
      styles={{ header: { padding: '8px 12px' } }}
      size={440}
      zIndex={400}
    >
      <Picker
        label={t('reassignTo')}
        none={t('common:assign.none')}
        choices={choices}
        onCancel={onClose}
        onChoose={(choice) => move.mutate(choice)}
      />
    </Dialog>
  );
}
