/** Signing in: by password and what may be asked beside it, by passkey, or in a demo as one of its people. */
import { Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { IconFingerprint, IconLanguage } from '@tabler/icons-react';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, withQuery } from '@/api/http';
import { knowsPasskeys, PasskeyRefused } from '@/api/factors';
import {
  methodsQuery,
  personasQuery,
  sessionQuery,
  useDemoSignIn,
  usePasskeySignIn,
  useSignIn,
} from '@/api/session';
import type { Me, Persona } from '@/api/types';
import { chooseLanguage } from '@/app/language';
import { Avatar } from '@/components/Avatar';
import { BrandMark } from '@/components/Brand';
import { errorText } from '@/components/errors';
import { LANGUAGES, ownName, type Language } from '@/components/languages';
import { RowSkeletons } from '@/components/States';
import classes from './SignInPage.module.css';

const FinishSignIn = lazy(() =>
  import('@/features/security/FinishSignIn').then((module) => ({ default: module.FinishSignIn })),
);

export function SignInPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const { to } = useSearch({ from: '/sign-in' });
  const { data: me } = useQuery(sessionQuery);
  const { data: personas } = useQuery(personasQuery);
  const demo = useDemoSignIn();
  const enter = () =>
    void navigate({ href: to?.startsWith('/') && !to.startsWith('//') ? to : '/' });
  const pending = me?.pending;
  return (
    <main className={classes.page}>
      <div className={classes.column} data-demo={Boolean(personas) && !pending}>
        <section className={classes.form}>
          <svg className={classes.mark} viewBox="0 0 24 24" aria-hidden>
            <path d="M6 4v16M12 4v16M18 4v16" stroke="currentColor" opacity="0.35" />
            <path d="M3 8.500h6M15 8.500h6M9 15.500h6" stroke="currentColor" />
          </svg>
          {pending ? (
            <Suspense fallback={<RowSkeletons count={2} />}>
              <FinishSignIn pending={pending} onDone={enter} />
            </Suspense>
          ) : (
            <FirstFactor failure={demo.error} onDone={enter} />
          )}
          <NativeSelect
            aria-label={t('settings.language')}
            leftSection={<IconLanguage size={16} aria-hidden />}
            value={i18n.language}
            onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
            data={LANGUAGES.map((one) => ({ value: one, label: ownName(one) }))}
          />
        </section>
        {personas && !pending && (
          <section className={classes.personas} aria-labelledby="personas">
            <h2 id="personas">{t('signIn.demo')}</h2>
            <p className={classes.hint}>{t('signIn.demoHint')}</p>
            <ul>
              {personas.map((persona) => (
                <li key={persona.key}>
                  <PersonaCard
                    persona={persona}
                    busy={demo.isPending}
                    onChoose={() => demo.mutate(persona.key, { onSuccess: enter })}
                  />
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </main>
  );
}

/** Why a sign-in elsewhere may not lead in here, as the server says it in the address. */
const REFUSALS = [
  'failed',
  'expired',
  'denied',
  'email',
  'unknown',
  'groups',
  'too_much',
  'unanswered',
] as const;

function FirstFactor({ failure, onDone }: { failure: Error | null; onDone: () => void }) {
  const { t } = useTranslation();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { to = '/', refused } = useSearch({ from: '/sign-in' });
  const domain = useDebouncedValue(email.split('@')[1]?.trim().toLowerCase() ?? '', 300)[0];
  const methods = useQuery(methodsQuery(domain)).data;
  const signIn = useSignIn();
  const passkey = usePasskeySignIn();
  const goOn = (me: Me) => {
    if (!me.pending) onDone();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    passkey.reset();
    signIn.mutate({ email, password }, { onSuccess: goOn });
  };
  const error = signIn.error ?? passkey.error ?? failure;
  const wrong = error instanceof ApiError && error.status === 401 && !passkey.error;
  const elsewhere = REFUSALS.find((one) => one === refused);
  const words =
    error instanceof PasskeyRefused
      ? t('signIn.passkeyRefused')
      : wrong
        ? t('signIn.wrong')
        : errorText(error);
  return (
    <>
      <h1>{t('signIn.title')}</h1>
      <form onSubmit={submit}>
        <TextInput
          label={t('signIn.email')}
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        {methods?.sso.map((one) => (
          <Button
            key={one.id}
            component="a"
            fullWidth
            size="sm"
            variant={methods.password ? 'default' : 'filled'}
            href={withQuery(`/api/sign-in/sso/${one.id}`, { to })}
          >
            {t('signIn.sso', { name: one.name })}
          </Button>
        ))}
        <PasswordInput
          label={t('signIn.password')}
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {(error ?? elsewhere) && (
          <p role="alert" className={classes.error}>
            {error ? words : elsewhere && t(`signIn.refused.${elsewhere}`)}
          </p>
        )}
        <Button type="submit" fullWidth size="sm" loading={signIn.isPending}>
          {t('signIn.submit')}
        </Button>
        {knowsPasskeys() && (
          <Button
            fullWidth
            size="sm"
            variant="default"
            leftSection={<IconFingerprint size={16} aria-hidden />}
            loading={passkey.isPending}
            onClick={() => {
              signIn.reset();
              passkey.mutate(undefined, { onSuccess: goOn });
            }}
          >
            {t('signIn.passkey')}
          </Button>
        )}
      </form>
    </>
  );
}

function PersonaCard({
  persona,
  busy,
  onChoose,
}: {
  persona: Persona;
  busy: boolean;
  onChoose: () => void;
}) {
  return (
    <button type="button" className={classes.card} disabled={busy} onClick={onChoose}>
      <Avatar name={persona.name} size={40} />
      <span className={classes.who}>
        <strong>{persona.name}</strong>
        <span className={classes.hint}>{persona.title}</span>
      </span>
      <span className={classes.brands}>
        {persona.clients.slice(0, 5).map((client) => (
          <span key={client.id} title={client.name}>
            <BrandMark color={client.color} name={client.name} />
          </span>
        ))}
      </span>
    </button>
  );
}
