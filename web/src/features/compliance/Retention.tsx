/** How long a client's data is kept, what a purge would take, what was taken, and what holds keep. */
import { Button, NumberInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useCan, useMe } from '@/api/session';
import type { Uuid } from '@/api/types';
import { toastError } from '@/components/errors';
import { FormDialog } from '@/components/FormDialog';
import { Loaded } from '@/components/Loaded';
import { Empty } from '@/components/States';
import { showToast } from '@/components/toasts';
import classes from '@/features/compliance/Compliance.module.css';
import { outlookQuery, rulesQuery, type Outlook, type Rule } from '@/features/compliance/data';
import { ClientSelect, useDeed } from '@/features/compliance/deeds';
import { Holds } from '@/features/compliance/Holds';
import { Purges } from '@/features/compliance/Purges';
import { Reason } from '@/features/compliance/Reason';
import { RegionRules } from '@/features/compliance/RegionRules';
import { useSought } from '@/features/compliance/Sought';

export function Retention() {
  const { t } = useTranslation('compliance');
  const me = useMe();
  const sought = useSought().client;
  const [client, setClient] = useState<Uuid | null>(sought ?? me.clients[0]?.id ?? null);
  if (client === null) return <Empty title={t('retention.noClient')}>{t('retention.lead')}</Empty>;
  return (
    <>
      <div className={classes.bar}>
        <p>{t('retention.lead')}</p>
        <ClientSelect value={client} onChange={setClient} />
      </div>
      <Rules client={client} />
      <Holds client={client} />
      <Purges client={client} />
      <RegionRules />
    </>
  );
}

function Rules({ client }: { client: Uuid }) {
  const { t } = useTranslation('compliance');
  const outlook = useQuery(outlookQuery(client));
  const writes = useCan('compliance.write');
  const [editing, setEditing] = useState<Rule | null>(null);
  const [purging, setPurging] = useState<Rule | null>(null);
  return (
    <Loaded query={useQuery(rulesQuery(client))} skeletons={{ count: 7, height: 48 }}>
      {({ items }) => (
        <ul className={`${classes.list} ${classes.rules}`} aria-label={t('retention.rules')}>
          {items.map((one) => {
            const due = outlook.data?.items.find((each) => each.data_class === one.data_class);
            return (
              <li key={one.data_class}>
                <div className={classes.what}>
                  <strong>{t(`class.${one.data_class}`)}</strong>
                  <span>
                    {t(`source.${one.source}`)}
                    {one.reason && ` · ${one.reason}`}
                  </span>
                </div>
                <span className={classes.when}>
                  {one.days === null
                    ? t('retention.forGood')
                    : t('retention.days', { count: one.days })}
                </span>
                {one.days !== null && due && (
                  <span className={classes.when}>
                    {t('retention.outlook', { count: due.items, spared: due.spared })}
                  </span>
                )}
                {writes && (
                  <div className={classes.acts}>
                    <Button size="compact-sm" variant="default" onClick={() => setEditing(one)}>
                      {t('retention.change')}
                    </Button>
                    {one.days !== null && (
                      <Button size="compact-sm" variant="subtle" onClick={() => setPurging(one)}>
                        {t('retention.purge')}
                      </Button>
                    )}
                  </div>
                )}
              </li>
            );
          })}
          {editing && <EditRule client={client} rule={editing} onClose={() => setEditing(null)} />}
          {purging && (
            <PurgeNow
              client={client}
              rule={purging}
              due={outlook.data?.items.find((one) => one.data_class === purging.data_class)}
              onClose={() => setPurging(null)}
            />
          )}
        </ul>
      )}
    </Loaded>
  );
}

function EditRule({ client, rule, onClose }: { client: Uuid; rule: Rule; onClose: () => void }) {
  const { t } = useTranslation('compliance');
  const [days, setDays] = useState<number | string>(rule.days ?? '');
  const [reason, setReason] = useState(rule.reason);
  const save = useDeed(
    () =>
      http.put(`/api/clients/${client}/retention/${rule.data_class}`, {
        days: days === '' ? null : Number(days),
        reason,
      }),
    onClose,
  );
  return (
    <FormDialog
      title={t(`class.${rule.data_class}`)}
      action={t('retention.change')}
      ready={Boolean(reason.trim())}
      busy={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <NumberInput
        label={t('retention.daysLabel')}
        description={t('retention.daysHint')}
        min={1}
        max={36500}
        allowDecimal={false}
        value={days}
        onChange={setDays}
      />
      <Reason value={reason} onChange={setReason} />
    </FormDialog>
  );
}

/** Asks once more: what goes cannot be brought back. */
function PurgeNow({
  client,
  rule,
  due,
  onClose,
}: {
  client: Uuid;
  rule: Rule;
  due: Outlook | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslation('compliance');
  const purge = useMutation({
    mutationFn: () => http.post(`/api/clients/${client}/retention/${rule.data_class}/purge`),
    onSuccess: () => {
      showToast({ tone: 'good', text: t('retention.started') });
      onClose();
    },
    onError: toastError,
  });
  return (
    <FormDialog
      title={t('retention.purge')}
      ready
      destroys
      busy={purge.isPending}
      onSubmit={() => purge.mutate()}
      onClose={onClose}
    >
      <p>
        {t(`class.${rule.data_class}`)}: {t('retention.days', { count: rule.days ?? 0 })}
        {due && ` · ${t('retention.outlook', { count: due.items, spared: due.spared })}`}
      </p>
      <p>{t('goesForGood')}</p>
    </FormDialog>
  );
}
