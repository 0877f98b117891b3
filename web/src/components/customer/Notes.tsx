/** Lasting remarks on a customer, for agents only. */
import { Button, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { customerNotesQuery, customersApi } from '@/api/customers';
import { queryClient } from '@/api/client';
import { toastError } from '@/components/errors';
import { useCanHere } from '@/components/here';
import { When } from '@/components/Times';
import classes from './Customer.module.css';

export function Notes({ customerId }: { customerId: string }) {
  const { t } = useTranslation();
  const writes = useCanHere('customers.write');
  const { data } = useQuery(customerNotesQuery(customerId));
  const [text, setText] = useState('');
  const add = useMutation({
    mutationFn: () => customersApi.addNote(customerId, text.trim()),
    onSuccess: () => {
      setText('');
      void queryClient.invalidateQueries({ queryKey: ['customer', customerId] });
    },
    onError: toastError,
  });
  return (
    <>
      {!writes && data?.items.length === 0 && (
        <p className={classes.quiet}>{t('customer.noNotes')}</p>
      )}
      <ul className={classes.list}>
        {data?.items.map((note) => (
          <li key={note.id} className={classes.note}>
            <p dir="auto">{note.text}</p>
            <span className={classes.quiet}>
              <bdi>{note.author_name}</bdi> · <When at={note.at} />
            </span>
          </li>
        ))}
      </ul>
      {writes && (
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim()) add.mutate();
          }}
        >
          <Textarea
            size="xs"
            autosize
            minRows={1}
            maxRows={6}
            aria-label={t('customer.newNote')}
            placeholder={t('customer.newNote')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && text.trim())
                add.mutate();
            }}
          />
          {text.trim() && (
            <div className={classes.formButtons}>
              <Button size="compact-xs" type="submit" loading={add.isPending}>
                {t('action.add')}
              </Button>
            </div>
          )}
        </form>
      )}
    </>
  );
}
