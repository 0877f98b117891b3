/** Signing in: by password, or in a demo as one of its people. */
import { Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { IconLanguage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/http';
import { personasQuery, useDemoSignIn, useSignIn } from '@/api/session';
import type { Persona } from '@/api/types';
import { chooseLanguage } from '@/app/language';
import { Avatar } from '@/components/Avatar';
import { BrandMark } from '@/components/Brand';
import { errorText } from '@/components/errors';
import { LANGUAGES, ownName, type Language } from '@/components/languages';
import classes from './SignInPage.module.css';

export function SignInPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const { to } = useSearch({ from: '/sign-in' });
  const { data: personas } = useQuery(personasQuery);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useSignIn();
  const demo = useDemoSignIn();
  const enter = () =>
    void navigate({ href: to?.startsWith('/') && !to.startsWith('//') ? to : '/' });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ email, password }, { onSuccess: enter });
  };
  const error = signIn.error ?? demo.error;
  const wrong = error instanceof ApiError && error.status === 401;
  return (
    <main className={classes.page}>
      <div className={classes.column} data-demo={Boolean(personas)}>
        <section className={classes.form}>
          <svg className={classes.mark} viewBox="0 0 24 24" aria-hidden>
            <path d="M6 4v16M12 4v16M18 4v16" stroke="currentColor" opacity="0.35" />
            <path d="M3 8.500h6M15 8.500h6M9 15.500h6" stroke="currentColor" />
          </svg>
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
            <PasswordInput
              label={t('signIn.password')}
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            {error && (
              <p role="alert" className={classes.error}>
                {wrong ? t('signIn.wrong') : errorText(error)}
              </p>
            )}
            <Button type="submit" fullWidth size="sm" loading={signIn.isPending}>
              {t('signIn.submit')}
            </Button>
          </form>
          <NativeSelect
            aria-label={t('settings.language')}
            leftSection={<IconLanguage size={16} aria-hidden />}
            value={i18n.language}
            onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
            data={LANGUAGES.map((one) => ({ value: one, label: ownName(one) }))}
          />
        </section>
        {personas && (
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
