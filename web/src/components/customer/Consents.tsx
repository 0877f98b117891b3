/** What the customer agreed to, per purpose, over all channels or over one; how it came about, on demand. */
import { Switch } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { consentsQuery, customersApi } from '@/api/customers';
import { queryClient } from '@/api/client';
import type { Consent } from '@/api/types';
import { toastError } from '@/components/errors';
import { useFormat } from '@/components/format';
import { useCanHere } from '@/components/here';
import { ConsentForm } from './ConsentForm';
import { ConsentRecords } from './ConsentRecords';
import { PURPOSES } from './purposes';
import classes from './Customer.module.css';

type Words = Parameters<typeof customersApi.setConsent>[1];

export function Consents({ customerId }: { customerId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const writes = useCanHere('customers.write');
  const { data } = useQuery(consentsQuery(customerId));
  const [writing, setWriting] = useState(false);
  const [showing, setShowing] = useState(false);
  const set = useMutation({
    mutationFn: (words: Words) => customersApi.setConsent(customerId, words),
    onSuccess: () => setWriting(false),
    onSettled: () =>
      void queryClient.invalidateQueries({ queryKey: consentsQuery(customerId).queryKey }),
    onError: toastError,
  });
  const said = (one: Consent) =>
    t(one.granted ? 'consent.granted' : 'consent.refused', {
      date: format.date(one.at),
      source: one.source,
    });
  return (
    <>
      <ul className={classes.list}>
        {PURPOSES.map((purpose) => {
          const words = (data?.items ?? []).filter((one) => one.purpose === purpose);
          const general = words.find((one) => one.channel === null);
          const channels = words.filter((one) => one !== general);
          return (
            <li key={purpose} className={classes.consent}>
              <span>
                {t(`consent.${purpose}`)}
                {words.length === 0 && <Word>{t('consent.unknown')}</Word>}
                {general && <Word>{said(general)}</Word>}
                {channels.map((one) => (
                  <Word key={one.channel}>
                    {one.channel && t(`channel.${one.channel}`)}: {said(one)}
                  </Word>
                ))}
              </span>
              <Switch
                size="xs"
                aria-label={t(`consent.${purpose}`)}
                disabled={!writes || !data}
                checked={general?.granted ?? false}
                onChange={(event) =>
                  set.mutate({
                    purpose,
                    granted: event.currentTarget.checked,
                    channel: null,
                    source: 'agent',
                  })
                }
              />
            </li>
          );
        })}
      </ul>
      <div className={classes.consentDeeds}>
        {writes && (
          <button type="button" className={classes.quietButton} onClick={() => setWriting(true)}>
            {t('consent.record')}
          </button>
        )}
        <button
          type="button"
          className={classes.quietButton}
          aria-expanded={showing}
          onClick={() => setShowing(!showing)}
        >
          {t('consent.records')}
        </button>
      </div>
      {showing && <ConsentRecords customerId={customerId} />}
      {writing && (
        <ConsentForm
          busy={set.isPending}
          onSave={(words) => set.mutate(words)}
          onClose={() => setWriting(false)}
        />
      )}
    </>
  );
}

const Word = ({ children }: { children: ReactNode }) => (
  <span className={classes.quiet}>{children}</span>
);
