/** Hand the contact over to a queue or a person, with a word on why. */
import { Button, SegmentedControl, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { conversationsApi } from '@/api/conversations';
import { assignableQuery, queuesQuery } from '@/api/routing';
import { useMe } from '@/api/session';
import type { Conversation } from '@/api/types';
import { Dialog } from '@/components/Dialog';
import { toastError } from '@/components/errors';
import { displayName } from '@/components/names';
import { Picker, type Choice } from '@/components/Picker';
import { PresenceDot } from '@/components/PresenceDot';
import { showToast } from '@/components/toasts';
import { settle } from '@/features/desk/conversation/useConversationDeeds';
import classes from './TransferDialog.module.css';

type Kind = 'queue' | 'person';

export function TransferDialog({ row, onClose }: { row: Conversation; onClose: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const [kind, setKind] = useState<Kind>('queue');
  const [target, setTarget] = useState<Choice | null>(null);
  const [note, setNote] = useState('');
  const noteField = useRef<HTMLTextAreaElement>(null);
  const queues = useQuery(queuesQuery(row.client_id));
  const people = useQuery({ ...assignableQuery(row.id), enabled: kind === 'person' });
  const transfer = useMutation({
    mutationFn: (to: Choice) =>
      conversationsApi.transfer(row.id, {
        ...(kind === 'queue' ? { queue_id: to.id } : { person_id: to.id }),
        note: note.trim(),
      }),
    onSuccess: (now, to) => {
      settle(now);
      showToast({ tone: 'good', text: t('transfer.done', { name: to.name }) });
      onClose();
    },
    onError: toastError,
  });
  useEffect(() => {
    if (target) noteField.current?.focus();
  }, [target]);

  const choices: Choice[] | undefined =
    kind === 'queue'
      ? queues.data?.items
          .filter((one) => one.active && one.id !== row.queue_id)
          .map((one) => ({
            id: one.id,
            name: one.name,
            detail: one.channels.map((channel) => t(`channel.${channel}`)).join(', '),
          }))
      : people.data?.items
          .filter((one) => one.id !== me.person.id && one.id !== row.assignee_id)
          .map((one) => ({
            id: one.id,
            name: one.name,
            icon: <PresenceDot state={one.state} />,
            detail: t(`presence.${one.state}`),
          }));
  const send = () => target && note.trim() && transfer.mutate(target);
  return (
    <Dialog
      onClose={onClose}
      title={t('transfer.title', { name: displayName(row.customer_name) })}
      size={480}
    >
      <div className={classes.form}>
        <SegmentedControl
          fullWidth
          value={kind}
          onChange={(value) => {
            setKind(value as Kind);
            setTarget(null);
          }}
          data={[
            { value: 'queue', label: t('transfer.toQueue') },
            { value: 'person', label: t('transfer.toPerson') },
          ]}
        />
        {target ? (
          <div className={classes.target}>
            <strong>{target.name}</strong>
            <Button variant="subtle" onClick={() => setTarget(null)}>
              {t('transfer.other')}
            </Button>
          </div>
        ) : (
          <div className={classes.picker}>
            <Picker
              key={kind}
              label={kind === 'queue' ? t('transfer.whichQueue') : t('transfer.whichPerson')}
              none={t('transfer.none')}
              choices={choices}
              onChoose={setTarget}
              onCancel={onClose}
            />
          </div>
        )}
        <Textarea
          ref={noteField}
          label={t('transfer.note')}
          description={t('transfer.noteHint')}
          autosize
          minRows={2}
          maxRows={6}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
          }}
        />
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button disabled={!target || !note.trim()} loading={transfer.isPending} onClick={send}>
            {t('transfer.submit')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
