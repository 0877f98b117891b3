/** One's passkeys: added, named, removed. */
import { Button, TextInput } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { factorsQuery, knowsPasskeys, makePasskey, PasskeyRefused } from '@/api/factors';
import { http } from '@/api/http';
import type { Factors, Passkey } from '@/api/types';
import { confirms } from '@/components/confirms';
import { EditableText } from '@/components/EditableText';
import { errorText, toastError } from '@/components/errors';
import { When } from '@/components/Times';
import classes from './Security.module.css';

const refresh = () => queryClient.invalidateQueries({ queryKey: factorsQuery.queryKey });

export function Passkeys({ factors }: { factors: Factors }) {
  return (
    <>
      {factors.passkeys.length > 0 && (
        <ul className={classes.list}>
          {factors.passkeys.map((one) => (
            <Row key={one.id} passkey={one} />
          ))}
        </ul>
      )}
      <PasskeyForm host={factors.passkey_host} onDone={() => void refresh()} />
    </>
  );
}

function Row({ passkey }: { passkey: Passkey }) {
  const { t } = useTranslation(['security', 'common']);
  const [sure, setSure] = useState(false);
  const remove = useMutation({
    mutationFn: () => http.delete(`/api/session/passkeys/${passkey.id}`),
    onSuccess: refresh,
    onError: toastError,
  });
  const rename = useMutation({
    mutationFn: (name: string) => http.patch(`/api/session/passkeys/${passkey.id}`, { name }),
    onSuccess: refresh,
    onError: toastError,
  });
  return (
    <li className={classes.row}>
      <IconFingerprint size={20} stroke={1.5} aria-hidden />
      <div className={classes.words}>
        <EditableText
          label={t('passkeys.name')}
          placeholder={t('passkeys.example')}
          value={passkey.name}
          onSave={(name) => name.trim() && rename.mutate(name.trim())}
        />
        <span className={classes.detail}>
          {t('passkeys.made')} <When at={passkey.made_at} style="date" />
          {passkey.last_used_at && (
            <>
              {' · '}
              {t('passkeys.used')} <When at={passkey.last_used_at} />
            </>
          )}
          {passkey.synced && ` · ${t('passkeys.synced')}`}
        </span>
      </div>
      {sure ? (
        <>
          <Button
            size="compact-sm"
            color="red"
            loading={remove.isPending}
            onClick={confirms(() => remove.mutate())}
          >
            {t('passkeys.removeNow')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setSure(false)}>
            {t('common:action.cancel')}
          </Button>
        </>
      ) : (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t('passkeys.removeNamed', { name: passkey.name })}
          onClick={() => setSure(true)}
        >
          {t('passkeys.remove')}
        </Button>
      )}
    </li>
  );
}

export function PasskeyForm({ host, onDone }: { host: string; onDone: () => void }) {
  const { t } = useTranslation('security');
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: () => makePasskey(name.trim()),
    onSuccess: () => {
      setName('');
      onDone();
    },
  });
  if (!knowsPasskeys()) return <p className={classes.hint}>{t('passkeys.unknown')}</p>;
  const { hostname } = window.location;
  if (hostname !== host && !hostname.endsWith(`.${host}`)) {
    return <p className={classes.hint}>{t('passkeys.elsewhere', { host })}</p>;
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const { error } = make;
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        className={classes.wide}
        label={t('passkeys.new')}
        placeholder={t('passkeys.example')}
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={
          error && (error instanceof PasskeyRefused ? t('passkeys.refused') : errorText(error))
        }
      />
      <Button
        type="submit"
        variant="default"
        leftSection={<IconFingerprint size={16} aria-hidden />}
        loading={make.isPending}
        disabled={!name.trim()}
      >
        {t('passkeys.add')}
      </Button>
    </form>
  );
}
