/** One's authenticator app and its recovery codes. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { factorsQuery, renewCodes } from '@/api/factors';
import { http } from '@/api/http';
import type { Factors } from '@/api/types';
import { toastError } from '@/components/errors';
import { When } from '@/components/Times';
import { RecoveryCodes } from '@/features/security/RecoveryCodes';
import { TotpSetup } from '@/features/security/TotpSetup';
import classes from './Security.module.css';

export function AuthenticatorApp({ factors }: { factors: Factors }) {
  const { t } = useTranslation(['security', 'common']);
  const [step, setStep] = useState<'rest' | 'setup' | 'sure'>('rest');
  const refresh = () => {
    setStep('rest');
    void queryClient.invalidateQueries({ queryKey: factorsQuery.queryKey });
  };
  const renew = useMutation({ mutationFn: renewCodes, onError: toastError });
  const remove = useMutation({
    mutationFn: () => http.delete('/api/session/totp'),
    onSuccess: refresh,
    onError: toastError,
  });
  if (step === 'setup') return <TotpSetup onDone={refresh} onCancel={() => setStep('rest')} />;
  if (renew.data) {
    const done = () => {
      renew.reset();
      refresh();
    };
    return <RecoveryCodes codes={renew.data.codes} onDone={done} />;
  }
  if (!factors.totp_since) {
    return (
      <Button variant="default" onClick={() => setStep('setup')}>
        {t('app.setUp')}
      </Button>
    );
  }
  return (
    <>
      <p>
        <span className={classes.good}>{t('app.since')}</span>{' '}
        <When at={factors.totp_since} style="date" />.{' '}
        {t('codes.left', { number: factors.recovery_codes })}
      </p>
      {step === 'sure' ? (
        <div className={classes.line} role="group" aria-label={t('app.remove')}>
          <span>{t(factors.required ? 'app.sureRequired' : 'app.sure')}</span>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('app.removeNow')}
          </Button>
          <Button variant="default" onClick={() => setStep('rest')}>
            {t('common:action.cancel')}
          </Button>
        </div>
      ) : (
        <div className={classes.line}>
          <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
            {t('codes.renew')}
          </Button>
          <Button variant="default" onClick={() => setStep('sure')}>
            {t('app.remove')}
          </Button>
        </div>
      )}
    </>
  );
}
