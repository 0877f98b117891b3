/** Brands whose customers are cared for. */
import { ColorInput, MultiSelect, Select, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { sessionQuery } from '@/api/session';
import type { Client, Industry } from '@/api/types';
import { BrandMark } from '@/components/Brand';
import { useFormat } from '@/components/format';
import { contrast } from '@/features/setup/brands/contrast';
import { formOf } from '@/features/setup/parts/collection';
import { useCountryChoices } from '@/features/setup/parts/countries';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { useSave } from '@/features/setup/parts/saved';
import { Split } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';
import classes from './Clients.module.css';

const INDUSTRIES: readonly Industry[] = [
  'telecom',
  'banking',
  'healthcare',
  'government',
  'retail',
  'travel',
  'hospitality',
  'mobility',
  'housing',
  'other',
];

const SWATCHES = [
  '#1e5aa8',
  '#0f766e',
  '#2e7d4f',
  '#7a5c00',
  '#b0413e',
  '#a3327a',
  '#6b46c1',
  '#37474f',
];

export function Clients() {
  const { t } = useTranslation(['setup', 'common']);
  return (
    <Split<Client>
      section="clients"
      kind="clients"
      lineOf={(one) => ({
        name: one.name,
        detail: t(`industry.${one.industry}`),
        mark: <BrandMark color={one.color} name={one.name} />,
      })}
      children={(item) => <ClientForm item={item} />}
    />
  );
}

function ClientForm({ item }: { item: Client | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const save = useSave<Client>('clients', 'clients', item);
  const shown = (one: Client | null): Omit<Client, 'id'> => ({
    name: one?.name ?? '',
    industry: one?.industry ?? 'retail',
    color: one?.color ?? SWATCHES[0] ?? '#1e5aa8',
    region: one?.region ?? 'eu',
    countries: one?.countries ?? [],
  });
  const form = useForm<Omit<Client, 'id'>>({
    ...formOf('clients', item, shown),
    required: ['name', 'color', 'region'],
    fixed: ['region'],
    rules: (values) => ({
      color: /^#[0-9a-f]{6}$/i.test(values.color) ? undefined : t('clients.colorWrong'),
    }),
    save: async (values, before) => {
      const kept = await save(values, before, values.name);
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      return shown(kept);
    },
  });
  const countries = form.bind('countries');
  return (
    <FormPanel
      form={form}
      section="clients"
      title={
        <>
          <BrandMark color={form.values.color} name={form.values.name || '?'} />
          {item?.name ?? t('common:setupNew.clients')}
        </>
      }
      lead={
        item ? (
          <>
            <Link
              to="/setup/$section"
              params={{ section: 'programs' }}
              search={{ client: item.id }}
            >
              {t('common:setupSection.programs')}
            </Link>
            <Link
              to="/setup/$section/$itemId"
              params={{ section: 'attributes', itemId: item.id }}
              search={{}}
            >
              {t('common:setupSection.attributes')}
            </Link>
          </>
        ) : (
          t('clients.lead')
        )
      }
    >
      <Fields>
        <TextInput label={t('field.name')} {...form.text('name')} />
        <Row>
          <Select
            label={t('clients.industry')}
            allowDeselect={false}
            data={INDUSTRIES.map((one) => ({ value: one, label: t(`industry.${one}`) }))}
            value={form.values.industry}
            onChange={(value) => form.set({ industry: value as Industry })}
            error={form.error('industry')}
          />
          <TextInput
            label={t('clients.region')}
            description={t(item ? 'clients.regionFixed' : 'clients.regionHint')}
            disabled={Boolean(item)}
            readOnly={form.busy}
            {...form.text('region')}
          />
        </Row>
        <MultiSelect
          label={t('clients.countries')}
          description={t('clients.countriesHint')}
          searchable
          data={useCountryChoices(countries.value)}
          {...countries}
        />
        <ColorInput
          eyeDropperButtonProps={{ 'aria-label': t('clients.pickColor') }}
          label={t('clients.color')}
          description={t('clients.colorHint')}
          format="hex"
          swatches={SWATCHES}
          swatchesPerRow={8}
          {...form.bind('color')}
        />
        <ColorCheck color={form.values.color} name={form.values.name || t('clients.sample')} />
      </Fields>
    </FormPanel>
  );
}

/** How the colour does on both themes, in figures and in words. */
function ColorCheck({ color, name }: { color: string; name: string }) {
  const { t } = useTranslation(['setup', 'common']);
  const format = useFormat();
  if (!/^#[0-9a-f]{6}$/i.test(color)) return null;
  return (
    <ul className={classes.check} aria-label={t('clients.contrast')}>
      {(
        [
          ['light', '#ffffff'],
          ['dark', '#181b1f'],
        ] as const
      ).map(([theme, surface]) => {
        const ratio = contrast(color, surface);
        const fine = ratio >= 3;
        return (
          <li key={theme}>
            <span className={classes.sample} style={{ background: surface, borderColor: color }}>
              <BrandMark color={color} name={name} />
              <span style={{ color: theme === 'light' ? '#1d2127' : '#e7e9ec' }}>{name}</span>
            </span>
            <span className={classes.verdict} data-fine={fine}>
              {fine ? (
                <IconCheck size={14} aria-hidden />
              ) : (
                <IconAlertTriangle size={14} aria-hidden />
              )}
              {t(fine ? 'clients.contrastFine' : 'clients.contrastWeak', {
                theme: t(`common:settings.themes.${theme}`),
                ratio: format.number(ratio, 1),
              })}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
