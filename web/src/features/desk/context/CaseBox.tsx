/** The case: its subject, its other conversations, joining and parting. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { caseQuery, conversationsApi } from '@/api/conversations';
import { refreshLists } from '@/api/sync';
import type { Case, Conversation } from '@/api/types';
import { Dialog } from '@/components/Dialog';
import { ContactList, useContacts } from '@/components/customer/OtherContacts';
import { EditableText } from '@/components/EditableText';
import { toastError } from '@/components/errors';
import { useCanHere } from '@/components/here';
import { Picker } from '@/components/Picker';
import { showToast } from '@/components/toasts';
import { RowSkeletons } from '@/components/States';
import classes from './ContextPanel.module.css';

function refresh(): void {
  void queryClient.invalidateQueries({ queryKey: ['case'] });
  void queryClient.invalidateQueries({ queryKey: ['conversation'] });
  refreshLists();
}

export function CaseBox({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const writes = useCanHere('conversations.write');
  const { data } = useQuery(caseQuery(row.case_id));
  const [merging, setMerging] = useState(false);
  const rename = useMutation({
    mutationFn: (subject: string) => conversationsApi.renameCase(row.case_id, subject),
    onSuccess: refresh,
    onError: toastError,
  });
  const split = useMutation({
    mutationFn: () =>
      conversationsApi.splitCase(row.case_id, {
        conversation_ids: [row.id],
        subject: row.subject || row.preview.slice(0, 80) || row.customer_name,
      }),
    onSuccess: (made) => {
      refresh();
      showToast({
        tone: 'good',
        text: t('case.splitDone', { number: made.number }),
        action: {
          name: t('action.undo'),
          run: () => {
            conversationsApi.mergeCase(made.id, row.case_id).then(refresh, toastError);
          },
        },
      });
    },
    onError: toastError,
  });
  if (!data) return <RowSkeletons count={1} height={48} />;
  const others = data.conversations.filter((one) => one.id !== row.id);
  return (
    <>
      <div className={classes.subject}>
        <EditableText
          label={t('case.subject')}
          placeholder={t('case.noSubject')}
          value={data.subject}
          readOnly={!writes}
          onSave={(subject) => rename.mutate(subject)}
        />
      </div>
      {others.length > 0 && (
        <div className={classes.caseList}>
          <ContactList rows={others} none="" />
        </div>
      )}
      {writes && (
        <div className={classes.caseButtons}>
          <Button size="compact-xs" variant="default" onClick={() => setMerging(true)}>
            {t('case.merge')}
          </Button>
          {others.length > 0 && (
            <Button
              size="compact-xs"
              variant="default"
              loading={split.isPending}
              onClick={() => split.mutate()}
            >
              {t('case.split')}
            </Button>
          )}
        </div>
      )}
      {merging && <MergeCaseDialog ours={data} row={row} onClose={() => setMerging(false)} />}
    </>
  );
}

function MergeCaseDialog({
  ours,
  row,
  onClose,
}: {
  ours: Case;
  row: Conversation;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const contacts = useContacts(row.customer_id);
  const cases = new Map<string, Conversation>();
  for (const one of contacts) {
    if (one.case_id !== ours.id && !cases.has(one.case_id)) cases.set(one.case_id, one);
  }
  const merge = useMutation({
    mutationFn: (intoId: string) => conversationsApi.mergeCase(ours.id, intoId),
    onSuccess: (into) => {
      refresh();
      showToast({ tone: 'good', text: t('case.mergeDone', { number: into.number }) });
      onClose();
    },
    onError: toastError,
  });
  return (
    <Dialog
      onClose={onClose}
      title={t('case.mergeTitle', { number: ours.number })}
      padding={0}
      size={480}
    >
      <Picker
        label={t('case.mergeInto')}
        none={t('case.mergeNone')}
        onCancel={onClose}
        choices={[...cases].map(([id, one]) => ({
          id,
          name: `${t('case.number', { number: one.case_number })} · ${one.subject || one.preview}`,
          detail: t(`status.${one.status}`),
        }))}
        onChoose={(choice) => merge.mutate(choice.id)}
      />
    </Dialog>
  );
}
