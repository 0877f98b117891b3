/** Setting an authenticator app up: scan, confirm with a code, keep the recovery codes. */
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { beginTotp, confirmTotp } from '@/api/factors';
import { errorText } from '@/components/errors';
import { Failed, RowSkeletons } from '@/components/States';
import { RecoveryCodes } from '@/features/security/RecoveryCodes';
import classes from './Security.module.css';

export function TotpSetup({ onDone, onCancel }: { onDone: () => void; onCancel?: () => void }) {
  const { t } = useTranslation(['security', 'common']);
  const [code, setCode] = useState('');
  const begun = useQuery({
    queryKey: ['totp-setup'],
    queryFn: beginTotp,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const confirm = useMutation({ mutationFn: () => confirmTotp(code) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  if (confirm.data) return <RecoveryCodes codes={confirm.data.codes} onDone={onDone} />;
  if (begun.isPending) return <RowSkeletons count={3} />;
  if (begun.isError) return <Failed error={begun.error} />;
  return (
    <form className={classes.form} onSubmit={submit}>
      <ol className={classes.steps}>
        <li>
          <p>{t('app.scan')}</p>
          <img
            className={classes.qr}
            alt={t('app.qr')}
            src={`data:image/svg+xml;utf8,${encodeURIComponent(begun.data.qr)}`}
          />
          <p>{t('app.orType')}</p>
          <code className={classes.secret} dir="ltr">
            {begun.data.secret}
          </code>
        </li>
        <li>
          <TextInput
            label={t('app.code')}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={8}
            required
            withAsterisk={false}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={confirm.error && errorText(confirm.error)}
          />
        </li>
      </ol>
      <div className={classes.line}>
        <Button type="submit" loading={confirm.isPending} disabled={code.trim().length < 6}>
          {t('app.confirm')}
        </Button>
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            {t('common:action.cancel')}
          </Button>
        )}
      </div>
    </form>
  );
}
