/** Places where a provider's people work. */
import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Provider, Shore, Site } from '@/api/types';
import { ZonePick } from '@/components/ZonePick';
import { Labelled } from '@/features/setup/parts/Labelled';
import { formOf } from '@/features/setup/parts/collection';
import { useCountryChoices } from '@/features/setup/parts/countries';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { KnownProviders, ProviderPick, useProviders } from '@/features/setup/parts/pickers';
import { useSave } from '@/features/setup/parts/saved';
import { Split } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';

const SHORES: readonly Shore[] = ['onshore', 'nearshore', 'offshore'];

export function Sites() {
  const providers = useProviders();
  return (
    <Split<Site>
      section="sites"
      kind="sites"
      lineOf={(one) => ({
        name: one.name,
        detail: providers.find((provider) => provider.id === one.provider_id)?.name,
        side: one.country,
      })}
      children={(item) => (
        <KnownProviders>
          {(providers) => <SiteForm item={item} providers={providers} />}
        </KnownProviders>
      )}
    />
  );
}

function SiteForm({ item, providers }: { item: Site | null; providers: readonly Provider[] }) {
  const { t } = useTranslation(['setup', 'common']);
  const save = useSave<Site>('sites', 'sites', item);
  const shown = (one: Site | null): Omit<Site, 'id'> => ({
    provider_id: one?.provider_id ?? (providers.length === 1 ? (providers[0]?.id ?? '') : ''),
    name: one?.name ?? '',
    country: one?.country ?? '',
    time_zone: one?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    shore: one?.shore ?? 'onshore',
  });
  const form = useForm<Omit<Site, 'id'>>({
    ...formOf('sites', item, shown),
    fixed: ['provider_id'],
    required: ['provider_id', 'name', 'country', 'time_zone'],
    save: async (values, before) => shown(await save(values, before, values.name)),
  });
  const country = form.bind('country');
  const countries = useCountryChoices(country.value ? [country.value] : []);
  return (
    <FormPanel
      form={form}
      section="sites"
      title={item?.name ?? t('common:setupNew.sites')}
      lead={t('sites.lead')}
    >
      <Fields>
        <TextInput label={t('field.name')} {...form.text('name')} />
        <ProviderPick
          label={t('field.provider')}
          description={item ? t('field.fixed') : undefined}
          disabled={Boolean(item)}
          value={form.values.provider_id || null}
          onChange={(value) => form.set({ provider_id: value ?? '' })}
          error={form.error('provider_id')}
        />
        <Row>
          <Select
            label={t('sites.country')}
            searchable
            allowDeselect={false}
            data={countries}
            value={country.value || null}
            onChange={(value) => country.onChange(value ?? '')}
            error={country.error}
          />
          <ZonePick
            label={t('field.timeZone')}
            value={form.values.time_zone || null}
            onChange={(value) => form.set({ time_zone: value ?? '' })}
            error={form.error('time_zone')}
          />
        </Row>
        <Labelled label={t('sites.shore')} description={t('sites.shoreHint')}>
          <SegmentedControl
            aria-label={t('sites.shore')}
            data={SHORES.map((one) => ({ value: one, label: t(`shore.${one}`) }))}
            value={form.values.shore}
            onChange={(value) => form.set({ shore: value as Shore })}
          />
        </Labelled>
      </Fields>
    </FormPanel>
  );
}
