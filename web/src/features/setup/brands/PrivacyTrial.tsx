/** A text to try a policy on, also one that is not saved yet: what would be found, why, and what would be stored. */
import { Button, Switch, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import type { DataClass, PrivacyPolicy } from '@/api/types';
import { toastError } from '@/components/errors';
import classes from './Privacy.module.css';

interface Part {
  text: string;
  mark: string | null;
  data_class: DataClass | null;
  kind: string | null;
  evidence: ('checksum' | 'form' | 'label' | 'rule')[];
  label: string;
}

interface Tried {
  parts: Part[];
  stored: string;
}

export function PrivacyTrial({ clientId, policy }: { clientId: string; policy: PrivacyPolicy }) {
  const { t } = useTranslation('setup');
  const [text, setText] = useState(t('privacy.tryExample'));
  const [agents, setAgents] = useState(false);
  const trial = useMutation({
    mutationFn: () =>
      http.post<Tried>(`/api/clients/${clientId}/privacy/try`, {
        text,
        policy: { ...policy, version: undefined },
        agents,
      }),
    onError: toastError,
  });
  return (
    <section className={classes.trial} aria-label={t('privacy.tryTitle')}>
      <h3>{t('privacy.tryTitle')}</h3>
      <p className={classes.none}>{t('privacy.tryHint')}</p>
      <Textarea
        label={t('privacy.tryLabel')}
        autosize
        minRows={3}
        maxRows={10}
        maxLength={5000}
        dir="auto"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Switch
        label={t('privacy.asAgent')}
        checked={agents}
        onChange={(event) => setAgents(event.currentTarget.checked)}
      />
      <Button
        type="button"
        variant="default"
        loading={trial.isPending}
        onClick={() => trial.mutate()}
      >
        {t('privacy.tryIt')}
      </Button>
      <div role="status">{trial.data && <Outcome tried={trial.data} />}</div>
    </section>
  );
}

function Outcome({ tried }: { tried: Tried }) {
  const { t } = useTranslation('setup');
  const found = tried.parts.filter((part) => part.data_class !== null);
  return (
    <>
      <h4>{t('privacy.stored')}</h4>
      <p className={classes.stored} dir="auto">
        {tried.stored}
      </p>
      <h4>{t('privacy.found')}</h4>
      {found.length === 0 && <p className={classes.none}>{t('privacy.nothing')}</p>}
      <ul className={classes.found}>
        {found.map((part, index) => (
          <li key={index}>
            <bdi className={classes.value}>{part.text}</bdi>
            <span>{t(`privacy.data.${part.data_class ?? 'own'}`)}</span>
            <span className={classes.none}>
              {part.evidence
                .map((one) => t(`privacy.evidence.${one}`, { label: part.label }))
                .join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
