/** An open contact: header, thread, what comes next, and the person behind it. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { conversationQuery, conversationsApi } from '@/api/conversations';
import { putConversation } from '@/api/sync';
import { useCan, useMe } from '@/api/session';
import type { Conversation } from '@/api/types';
import { useActions } from '@/components/actions';
import { displayName } from '@/components/names';
import { savePreferences, usePreferences } from '@/components/preferences';
import { Failed, RowSkeletons } from '@/components/States';
import { useTitle } from '@/components/title';
import { ComposerLater } from '@/features/desk/composer/ComposerLater';
import { NoteComposer } from '@/features/desk/composer/NoteComposer';
import { usePending } from '@/features/desk/composer/pending';
import { useRecallAfterLeaving } from '@/features/desk/composer/recall';
import { UndoBar } from '@/features/desk/composer/UndoBar';
import { useNote } from '@/features/desk/composer/useNote';
import { ContextPanel } from '@/features/desk/context/ContextPanel';
import { AssignDialog } from '@/features/desk/conversation/AssignDialog';
import { ErasedBar } from '@/features/desk/conversation/ErasedBar';
import { Header } from '@/features/desk/conversation/Header';
import { RecordingBar } from '@/features/desk/conversation/RecordingBar';
import { Thread } from '@/features/desk/conversation/Thread';
import { ThreadSkeleton } from '@/features/desk/conversation/ThreadSkeleton';
import { TransferDialog } from '@/features/desk/conversation/TransferDialog';
import { useConversationDeeds } from '@/features/desk/conversation/useConversationDeeds';
import { useViewers } from '@/features/desk/conversation/usePeople';
import { useRecording } from '@/features/desk/conversation/useRecording';
import { WatchBar } from '@/features/desk/conversation/WatchBar';
import { WrapUp } from '@/features/desk/conversation/WrapUp';
import classes from './ConversationPane.module.css';

export function ConversationPane({ id }: { id: string }) {
  const { t } = useTranslation();
  const query = useQuery(conversationQuery(id));
  if (query.isError && !query.data) {
    return (
      <section className={classes.pane} aria-label={t('desk.conversation')}>
        <Failed error={query.error} retry={() => void query.refetch()} />
      </section>
    );
  }
  if (!query.data) {
    return (
      <section className={classes.pane} aria-label={t('desk.conversation')}>
        <RowSkeletons count={1} height={56} />
        <ThreadSkeleton />
      </section>
    );
  }
  return <OpenConversation row={query.data} />;
}

/** Tells the server what was read, while someone can have read it. */
function useReading(row: Conversation): void {
  const told = useRef(0);
  useEffect(() => {
    const tell = () => {
      if (document.hidden || !document.hasFocus() || (!row.unread && told.current > 0)) return;
      if (told.current >= row.last_seq || !row.unread) return;
      told.current = row.last_seq;
      conversationsApi.read(row.id, row.last_seq).then(putConversation, () => {
        told.current = 0;
      });
    };
    tell();
    window.addEventListener('focus', tell);
    return () => window.removeEventListener('focus', tell);
  }, [row.id, row.last_seq, row.unread]);
}

function OpenConversation({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const me = useMe();
  const mine = row.assignee_id === me.person.id;
  const watching = useSearch({ from: '/shell/desk/$view' }).watch === true && !mine;
  const erased = row.erased_at !== null;
  const mayReply = useCan('conversations.reply', row.client_id) && !erased;
  const mayAssign = useCan('conversations.assign', row.client_id) && !erased;
  const notes = useCan('conversations.note', row.client_id) && !erased;
  const emergency = me.glass?.client.id === row.client_id;
  const replies = mayReply && !watching;
  const assigns = mayAssign && !watching;
  const navigate = useNavigate();
  const { contextOpen } = usePreferences();
  const [dialog, setDialog] = useState<'none' | 'assign' | 'transfer'>('none');
  /** Null: as the phase has it. */
  const [wrapping, setWrapping] = useState<boolean | null>(null);
  const viewers = useViewers(row.id);
  const note = useNote(row);
  const deeds = useConversationDeeds(row.id);
  const pending = usePending(row.id);
  const recording = useRecording(row, replies);
  useReading(row);
  useRecallAfterLeaving(row.id);
  useTitle(displayName(row.customer_name));

  const ended = mine && row.phase === 'after_call_work';
  const resolved = row.status === 'resolved';
  const transfers = assigns || (replies && mine);
  const group = t('group.conversation');
  const join = () =>
    void navigate({ to: '.', search: (now) => ({ ...now, watch: undefined }), replace: true });
  useActions([
    ...(replies && !resolved
      ? [
          {
            id: 'conversation.wrap',
            name: t('wrap.open'),
            group,
            keys: 'e',
            run: () => setWrapping(true),
          },
        ]
      : []),
    ...(assigns
      ? [
          {
            id: 'conversation.assign',
            name: t('assign.open'),
            group,
            keys: 'a',
            run: () => setDialog('assign'),
          },
        ]
      : []),
    ...(transfers
      ? [
          {
            id: 'conversation.transfer',
            name: t('transfer.open'),
            group,
            keys: 't',
            run: () => setDialog('transfer'),
          },
        ]
      : []),
    ...(replies && !mine
      ? [{ id: 'conversation.take', name: t('deed.take'), group, keys: 'm', run: deeds.take }]
      : []),
    ...(mine && (row.phase === 'with_agent' || row.phase === 'on_hold')
      ? [
          {
            id: 'conversation.hold',
            name: row.phase === 'on_hold' ? t('deed.resume') : t('deed.hold'),
            group,
            keys: 'h',
            run: () => deeds.hold(row.phase !== 'on_hold'),
          },
        ]
      : []),
    ...(resolved && replies
      ? [{ id: 'conversation.reopen', name: t('deed.reopen'), group, keys: 'o', run: deeds.reopen }]
      : []),
    {
      id: 'conversation.context',
      name: contextOpen ? t('context.hide') : t('context.show'),
      group,
      keys: 'i',
      run: () => savePreferences({ contextOpen: !contextOpen }),
    },
  ]);
  return (
    <>
      <section className={classes.pane} aria-label={t('desk.conversation')}>
        <Header
          row={row}
          viewers={viewers}
          deeds={deeds}
          mine={mine}
          onAssign={assigns ? () => setDialog('assign') : undefined}
          onTransfer={transfers ? () => setDialog('transfer') : undefined}
          onWrapUp={() => setWrapping(true)}
          recording={recording}
          watching={watching}
        />
        {watching && (
          <WatchBar
            row={row}
            viewers={viewers}
            busy={deeds.busy}
            onJoin={mayReply ? join : undefined}
            onTake={
              mayReply && !resolved && (mayAssign || !row.assignee_id) ? deeds.take : undefined
            }
          />
        )}
        {row.erased_at && <ErasedBar at={row.erased_at} />}
        {recording.pause && <RecordingBar pause={recording.pause} recording={recording} />}
        <Thread row={row} />
        {!resolved && replies && (wrapping ?? ended) ? (
          <>
            {pending && (
              <UndoBar pending={pending} onRecalled={() => setWrapping(ended ? false : null)} />
            )}
            <WrapUp row={row} onClose={ended ? undefined : () => setWrapping(null)} />
          </>
        ) : replies ? (
          <ComposerLater row={row} note={note} viewers={viewers} onReopen={deeds.reopen} />
        ) : (
          notes && (
            <>
              {emergency && <p className={classes.reason}>{t('glass.readsOnly')}</p>}
              <NoteComposer row={row} note={note} />
            </>
          )
        )}
        {dialog === 'assign' && <AssignDialog row={row} onClose={() => setDialog('none')} />}
        {dialog === 'transfer' && <TransferDialog row={row} onClose={() => setDialog('none')} />}
      </section>
      {contextOpen && <ContextPanel row={row} readOnly={watching || erased} />}
    </>
  );
}
