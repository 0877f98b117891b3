/** The agent writes first, by mail. */
import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { conversationsApi } from '@/api/conversations';
import { programsQuery } from '@/api/organizations';
import { putConversation, refreshLists } from '@/api/sync';
import type { Customer } from '@/api/types';
import { Dialog } from '@/components/Dialog';
import { toastError } from '@/components/errors';
import classes from './CustomerPage.module.css';

export function StartMailDialog({
  customer,
  onClose,
}: {
  customer: Customer;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data } = useQuery(programsQuery(customer.client_id));
  const programs = (data?.items ?? []).filter((one) => one.channels.includes('email'));
  const [chosen, setChosen] = useState<string | null>(null);
  const [subject, setSubject] = useState('');
  const [text, setText] = useState('');
  const programId = chosen ?? programs[0]?.id ?? null;
  const start = useMutation({
    mutationFn: (program_id: string) =>
      conversationsApi.start({
        customer_id: customer.id,
        program_id,
        channel: 'email',
        subject: subject.trim(),
        text: text.trim(),
      }),
    onSuccess: (row) => {
      putConversation(row);
      refreshLists();
      void navigate({
        to: '/desk/$view/$conversationId',
        params: { view: 'all', conversationId: row.id },
      });
    },
    onError: toastError,
  });
  const ready = Boolean(programId && subject.trim() && text.trim());
  return (
    <Dialog onClose={onClose} title={t('start.open', { name: customer.name })} size={640}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (programId && ready) start.mutate(programId);
        }}
      >
        <Select
          label={t('start.program')}
          allowDeselect={false}
          data={programs.map((one) => ({ value: one.id, label: one.name }))}
          value={programId}
          onChange={setChosen}
        />
        <TextInput
          label={t('start.subject')}
          required
          data-autofocus
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
        />
        <Textarea
          label={t('start.text')}
          required
          autosize
          minRows={8}
          maxRows={16}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" disabled={!ready} loading={start.isPending}>
            {t('composer.send')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
