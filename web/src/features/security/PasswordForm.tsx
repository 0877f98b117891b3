/** A new password for oneself; one signs in again with it. */
import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, http } from '@/api/http';
import { forgetSession } from '@/api/session';
import { errorText } from '@/components/errors';
import { showToast } from '@/components/toasts';
import classes from './Security.module.css';

export function PasswordForm() {
  const { t } = useTranslation('security');
  const navigate = useNavigate();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = useMutation({
    mutationFn: () => http.post('/api/session/password', { current, new: next }),
    onSuccess: () => {
      showToast({ tone: 'good', text: t('password.changed') });
      forgetSession();
      void navigate({ to: '/sign-in', search: {} });
    },
  });
  const { error } = change;
  const wrongNow = error instanceof ApiError && error.status === 401;
  const wrongNew = error instanceof ApiError && error.errors.map((one) => one.message).join(' ');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <PasswordInput
        className={classes.wide}
        label={t('password.current')}
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={current}
        onChange={(event) => setCurrent(event.currentTarget.value)}
        error={wrongNow && t('password.wrong')}
      />
      <PasswordInput
        className={classes.wide}
        label={t('password.new')}
        description={t('password.rules')}
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={next}
        onChange={(event) => setNext(event.currentTarget.value)}
        error={error && !wrongNow && (wrongNew || errorText(error))}
      />
      <Button
        type="submit"
        variant="default"
        loading={change.isPending}
        disabled={!current || !next}
      >
        {t('password.change')}
      </Button>
    </form>
  );
}
