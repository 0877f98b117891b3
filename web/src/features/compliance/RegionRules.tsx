/** How long data is kept for clients of a region that have no rule of their own. */
import { Autocomplete, Button, NumberInput, Select } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, http } from '@/api/http';
import { useCan } from '@/api/session';
import { FormDialog } from '@/components/FormDialog';
import { itemsOf } from '@/components/Listing';
import { Failed } from '@/components/States';
import classes from '@/features/compliance/Compliance.module.css';
import {
  CLASSES,
  clientsQuery,
  regionRulesQuery,
  residencyQuery,
  type DataClass,
  type RegionRule,
} from '@/features/compliance/data';
import { useDeed } from '@/features/compliance/deeds';

const NEW: RegionRule = { region: '', data_class: 'messages', days: null };

export function RegionRules() {
  const { t } = useTranslation('compliance');
  const query = useQuery(regionRulesQuery);
  const writes = useCan('compliance.write');
  const [editing, setEditing] = useState<RegionRule | null>(null);
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  const rules = query.data?.items ?? [];
  return (
    <section>
      <div className={classes.bar}>
        <div>
          <h2>{t('regions.title')}</h2>
          <p>{t(rules.length > 0 ? 'regions.lead' : 'regions.none')}</p>
        </div>
        {writes && (
          <Button variant="default" onClick={() => setEditing(NEW)}>
            {t('regions.add')}
          </Button>
        )}
      </div>
      <ul className={`${classes.list} ${classes.rules}`} aria-label={t('regions.title')}>
        {rules.map((one) => (
          <li key={`${one.region} ${one.data_class}`}>
            <div className={classes.what}>
              <strong>{t(`class.${one.data_class}`)}</strong>
              <span>{t('residency.region', { region: one.region })}</span>
            </div>
            <span className={classes.when}>
              {t('retention.days', { count: one.days ?? undefined })}
            </span>
            {writes && (
              <Button size="compact-sm" variant="default" onClick={() => setEditing(one)}>
                {t('retention.change')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {editing && <EditRegionRule rule={editing} onClose={() => setEditing(null)} />}
    </section>
  );
}

function EditRegionRule({ rule, onClose }: { rule: RegionRule; onClose: () => void }) {
  const { t } = useTranslation('compliance');
  const clients = itemsOf(useInfiniteQuery(clientsQuery));
  const [region, setRegion] = useState(rule.region);
  const [kind, setKind] = useState<DataClass>(rule.data_class);
  const [days, setDays] = useState<number | string>(rule.days ?? '');
  const save = useDeed(
    () =>
      http.put(`/api/retention-defaults/${encodeURIComponent(region.trim())}/${kind}`, {
        days: days === '' ? null : Number(days),
      }),
    onClose,
  );
  const known = rule.region !== '';
  const served = useQuery(residencyQuery).data?.regions ?? [];
  const regions = [...new Set([...clients.map((one) => one.region), ...served])].sort();
  return (
    <FormDialog
      title={t(known ? 'regions.change' : 'regions.add')}
      ready={Boolean(region.trim()) && (known || days !== '')}
      busy={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <Autocomplete
        label={t('regions.region')}
        data={regions}
        maxLength={50}
        disabled={known}
        error={save.error instanceof ApiError && save.error.field('/region')}
        value={region}
        onChange={setRegion}
      />
      <Select
        label={t('regions.class')}
        allowDeselect={false}
        disabled={known}
        value={kind}
        onChange={(value) => value && setKind(value)}
        data={CLASSES.map((one) => ({ value: one, label: t(`class.${one}`) }))}
      />
      <NumberInput
        label={t('retention.daysLabel')}
        description={known ? t('regions.daysHint') : undefined}
        min={1}
        max={36500}
        allowDecimal={false}
        value={days}
        onChange={setDays}
      />
    </FormDialog>
  );
}
