/** The second half of a sign-in: a code of the app, or setting a second factor up where one is asked for. */
import { Button, TextInput } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { endEnrolment, factorsQuery, giveCode, knowsPasskeys, PasskeyRefused } from '@/api/factors';
import { signedIn, signOut, usePasskeySignIn } from '@/api/session';
import type { Me } from '@/api/types';
import { errorText, toastError } from '@/components/errors';
import { PasskeyForm } from '@/features/security/Passkeys';
import { TotpSetup } from '@/features/security/TotpSetup';
import classes from './Security.module.css';

export function FinishSignIn({
  pending,
  onDone,
}: {
  pending: NonNullable<Me['pending']>;
  onDone: () => void;
}) {
  const { t } = useTranslation('security');
  return (
    <>
      <h1>{t(`finish.${pending}`)}</h1>
      {pending === 'second_factor' ? <CodeForm onDone={onDone} /> : <Enrolment onDone={onDone} />}
      <Button
        variant="subtle"
        color="gray"
        mt="md"
        onClick={() => void signOut().catch(toastError)}
      >
        {t('finish.leave')}
      </Button>
    </>
  );
}

function CodeForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('security');
  const [code, setCode] = useState('');
  const factors = useQuery(factorsQuery).data;
  const passkey = usePasskeySignIn();
  const give = useMutation({
    mutationFn: () => giveCode(code),
    onSuccess: (me) => {
      signedIn(me);
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    give.mutate();
  };
  const refused = passkey.error instanceof PasskeyRefused;
  return (
    <form onSubmit={submit}>
      {factors?.totp_since !== null && (
        <>
          <TextInput
            label={t('app.code')}
            description={t('finish.hint')}
            autoComplete="one-time-code"
            maxLength={40}
            required
            withAsterisk={false}
            data-autofocus
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={give.error && errorText(give.error)}
          />
          <Button
            type="submit"
            fullWidth
            loading={give.isPending}
            disabled={code.trim().length < 6}
          >
            {t('finish.submit')}
          </Button>
        </>
      )}
      {knowsPasskeys() && (factors?.passkeys.length ?? 0) > 0 && (
        <Button
          fullWidth
          variant="default"
          leftSection={<IconFingerprint size={16} aria-hidden />}
          loading={passkey.isPending}
          onClick={() => passkey.mutate(undefined, { onSuccess: onDone })}
        >
          {t('finish.passkey')}
        </Button>
      )}
      {passkey.error && (
        <p role="alert" className={classes.error}>
          {refused ? t('passkeys.refused') : errorText(passkey.error)}
        </p>
      )}
    </form>
  );
}

function Enrolment({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('security');
  const [way, setWay] = useState<'app' | 'passkey' | null>(null);
  const factors = useQuery(factorsQuery).data;
  const end = useMutation({
    mutationFn: endEnrolment,
    onSuccess: (me) => {
      signedIn(me);
      onDone();
    },
    onError: toastError,
  });
  if (way === 'app') return <TotpSetup onDone={() => end.mutate()} onCancel={() => setWay(null)} />;
  return (
    <>
      <p>{t('finish.why')}</p>
      {way === 'passkey' && factors ? (
        <PasskeyForm host={factors.passkey_host} onDone={() => end.mutate()} />
      ) : (
        <div className={classes.form}>
          {knowsPasskeys() && (
            <Button onClick={() => setWay('passkey')}>{t('finish.withPasskey')}</Button>
          )}
          <Button variant="default" onClick={() => setWay('app')}>
            {t('finish.withApp')}
          </Button>
        </div>
      )}
    </>
  );
}
