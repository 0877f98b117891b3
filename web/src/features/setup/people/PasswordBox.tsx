/** Sets someone's password; they are signed out everywhere. */
import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, http } from '@/api/http';
import type { Person } from '@/api/types';
import { errorText } from '@/components/errors';
import { showToast } from '@/components/toasts';
import classes from './People.module.css';

export const MIN_PASSWORD = 10;

export function PasswordBox({ person }: { person: Person }) {
  const { t } = useTranslation(['setup', 'common']);
  const [password, setPassword] = useState('');
  const set = useMutation({
    mutationFn: () => http.post(`/api/people/${person.id}/password`, { password }),
    onSuccess: () => {
      setPassword('');
      showToast({ tone: 'good', text: t('people.passwordSet', { name: person.name }) });
    },
  });
  const wrong =
    set.error instanceof ApiError
      ? (set.error.field('/password') ?? errorText(set.error))
      : set.error
        ? errorText(set.error)
        : undefined;
  const submit = () => {
    if (password.length >= MIN_PASSWORD) set.mutate();
  };
  return (
    <div className={classes.password}>
      <PasswordInput
        label={t('people.newPassword')}
        description={t('people.newPasswordHint')}
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={wrong}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          submit();
        }}
      />
      <Button
        variant="default"
        loading={set.isPending}
        disabled={password.length < MIN_PASSWORD}
        onClick={submit}
      >
        {t('people.setPassword')}
      </Button>
    </div>
  );
}
