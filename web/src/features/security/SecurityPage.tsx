/** How one signs in: password, second factor, passkeys, and where one is signed in now. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { factorsQuery } from '@/api/factors';
import { Page } from '@/components/Page';
import { SessionList } from '@/components/SessionList';
import { Failed, RowSkeletons } from '@/components/States';
import { AuthenticatorApp } from '@/features/security/AuthenticatorApp';
import { Passkeys } from '@/features/security/Passkeys';
import { PasswordForm } from '@/features/security/PasswordForm';
import classes from './Security.module.css';

export function SecurityPage() {
  const { t } = useTranslation('security');
  const query = useQuery(factorsQuery);
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Part title={t('passkeys.title')} hint={t('passkeys.hint')}>
        {query.isPending ? (
          <RowSkeletons count={1} />
        ) : query.isError ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Passkeys factors={query.data} />
        )}
      </Part>
      <Part title={t('app.title')} hint={t('app.hint')}>
        {query.isPending ? (
          <RowSkeletons count={1} />
        ) : (
          query.data && <AuthenticatorApp factors={query.data} />
        )}
      </Part>
      <Part title={t('sessions.title')} hint={t('sessions.hint')}>
        <SessionList />
      </Part>
      <Part title={t('password.title')} hint={t('password.hint')}>
        <PasswordForm />
      </Part>
    </Page>
  );
}

function Part({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <section className={classes.part} aria-label={title}>
      <h2>{title}</h2>
      <p className={classes.hint}>{hint}</p>
      {children}
    </section>
  );
}
