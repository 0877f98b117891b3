/** Where a person is signed in, and what to do when a device is lost. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { http } from '@/api/http';
import type { Person } from '@/api/types';
import { confirms } from '@/components/confirms';
import { toastError } from '@/components/errors';
import { SessionList } from '@/components/SessionList';
import { showToast } from '@/components/toasts';
import { Fields } from '@/features/setup/parts/FormPanel';
import classes from './People.module.css';

export function SignInBox({ person }: { person: Person }) {
  const { t } = useTranslation(['setup', 'common']);
  const [sure, setSure] = useState(false);
  const signOut = useMutation({
    mutationFn: () => http.delete(`/api/people/${person.id}/sessions`),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['sessions', person.id] }),
    onError: toastError,
  });
  const reset = useMutation({
    mutationFn: () => http.delete(`/api/people/${person.id}/factors`),
    onSuccess: () => {
      setSure(false);
      showToast({ tone: 'good', text: t('people.factorsReset', { name: person.name }) });
    },
    onError: toastError,
  });
  return (
    <Fields title={t('people.signIn')} hint={t('people.signInHint')}>
      <SessionList personId={person.id} />
      <div className={classes.line}>
        <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          {t('people.signOut')}
        </Button>
        {sure ? (
          <>
            <Button color="red" loading={reset.isPending} onClick={confirms(() => reset.mutate())}>
              {t('people.resetNow')}
            </Button>
            <Button variant="default" onClick={() => setSure(false)}>
              {t('common:action.cancel')}
            </Button>
          </>
        ) : (
          <Button variant="default" onClick={() => setSure(true)}>
            {t('people.resetFactors')}
          </Button>
        )}
      </div>
    </Fields>
  );
}
