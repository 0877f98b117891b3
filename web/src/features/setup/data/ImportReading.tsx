/** How the file is read: its format, what its columns hold, whose mail is ours. Guessed, and the reader's to correct. */
import { Button, Select, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { attributeSchemaQuery } from '@/api/customers';
import { http } from '@/api/http';
import type { Channel } from '@/api/types';
import { isolate } from '@/components/languages';
import classes from '@/features/setup/data/Data.module.css';
import {
  type DataImport,
  type ImportFormat,
  type ImportOptions,
  type ImportTarget,
} from '@/features/setup/data/data';
import { itemOf } from '@/features/setup/parts/collection';
import { Fields, Row } from '@/features/setup/parts/FormPanel';
import { LinesEditor } from '@/features/setup/parts/LinesEditor';
import { useForm, type Form } from '@/features/setup/parts/useForm';

const FORMATS: readonly ImportFormat[] = ['csv', 'lines', 'mbox', 'zendesk', 'chatwoot'];
const CHANNELS: readonly Channel[] = ['email', 'chat', 'sms', 'social', 'voice'];
const ENCODINGS = [
  'utf-8',
  'utf-8-sig',
  'utf-16',
  'windows-1252',
  'iso-8859-1',
  'iso-8859-15',
  'windows-1251',
  'windows-1256',
  'shift_jis',
  'gb18030',
];
const DELIMITERS = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' } as const;
const FIELDS = {
  customers: [
    ...['key', 'name', 'first_name', 'last_name', 'email', 'phone', 'handle', 'external'],
    ...['language', 'created_at'],
  ],
  conversations: [
    ...['key', 'channel', 'subject', 'status', 'priority', 'language', 'tags', 'created_at'],
    ...['resolved_at', 'customer_key', 'customer_name', 'customer_email', 'customer_phone'],
    ...['message_kind', 'message_author', 'message_text', 'message_at'],
  ],
} as const;

interface Values extends ImportOptions {
  format: ImportFormat;
}

export function ImportReading({
  one,
  onUnsaved,
}: {
  one: DataImport;
  onUnsaved: (unsaved: boolean) => void;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const form = useForm<Values>({
    initial: { format: one.format, ...one.options },
    required: ['source', 'encoding'],
    save: async ({ format, ...options }) => {
      const lines = options.own_addresses.map((each) => each.trim()).filter(Boolean);
      const after = await http.patch<DataImport>(`/api/imports/${one.id}`, {
        format,
        options: { ...options, own_addresses: lines },
      });
      queryClient.setQueryData(itemOf<DataImport>('imports', one.id).queryKey, after);
    },
  });
  const { values } = form;
  useEffect(() => {
    onUnsaved(form.dirty);
    return () => onUnsaved(false);
  }, [form.dirty, onUnsaved]);
  const mail = values.format === 'mbox';
  const sheet = values.format === 'csv';
  const talks = !sheet || values.target === 'conversations';
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit();
      }}
    >
      <Fields title={t('imports.reading')} hint={t('imports.readingHint')}>
        <Row>
          <Select
            label={t('imports.format')}
            allowDeselect={false}
            data={FORMATS.map((value) => ({ value, label: t(`imports.formats.${value}`) }))}
            value={values.format}
            onChange={(value) => form.set({ format: value as ImportFormat })}
          />
          <TextInput
            label={t('imports.source')}
            description={t('imports.sourceHint')}
            dir="ltr"
            maxLength={40}
            {...form.text('source')}
            error={form.error('options/source') ?? form.error('source')}
          />
        </Row>
        {sheet && <Sheet form={form} />}
        {mail && (
          <LinesEditor
            label={t('imports.own')}
            description={t('imports.ownHint')}
            value={values.own_addresses}
            onChange={(own_addresses) => form.set({ own_addresses })}
            error={form.error('options/own_addresses')}
            most={100}
          />
        )}
        {talks && (
          <Row>
            {!mail && (
              <Select
                label={t('imports.channel')}
                description={t('imports.channelHint')}
                allowDeselect={false}
                data={CHANNELS.map((value) => ({ value, label: t(`common:channel.${value}`) }))}
                value={values.channel}
                onChange={(value) => form.set({ channel: value as Channel })}
              />
            )}
            <Switch
              label={t('imports.route')}
              description={t('imports.routeHint')}
              {...form.check('route_open')}
            />
          </Row>
        )}
        {sheet && <Columns one={one} form={form} />}
        <div className={classes.deeds}>
          <Button type="submit" variant="default" loading={form.busy} disabled={!form.dirty}>
            {t('imports.saveReading')}
          </Button>
          <span role="status">{form.dirty ? t('form.unsaved') : ''}</span>
        </div>
      </Fields>
    </form>
  );
}

function Sheet({ form }: { form: Form<Values> }) {
  const { t } = useTranslation('setup');
  const { values } = form;
  const encodings = ENCODINGS.includes(values.encoding)
    ? ENCODINGS
    : [values.encoding, ...ENCODINGS];
  return (
    <Row>
      <Select
        label={t('imports.target')}
        allowDeselect={false}
        data={(['customers', 'conversations'] as const).map((value) => ({
          value,
          label: t(`imports.targets.${value}`),
        }))}
        value={values.target}
        onChange={(value) => form.set({ target: value as ImportTarget })}
      />
      <Select
        label={t('imports.delimiter')}
        allowDeselect={false}
        data={Object.entries(DELIMITERS).map(([value, name]) => ({
          value,
          label: t(`imports.delimiters.${name}`),
        }))}
        value={values.delimiter}
        onChange={(value) => form.set({ delimiter: value ?? ',' })}
        error={form.error('options/delimiter')}
      />
      <Select
        label={t('imports.encoding')}
        searchable
        allowDeselect={false}
        data={encodings}
        value={values.encoding}
        onChange={(value) => form.set({ encoding: value ?? 'utf-8' })}
        error={form.error('options/encoding')}
      />
    </Row>
  );
}

/** What each column holds, beside its first values; each field at most once. */
function Columns({ one, form }: { one: DataImport; form: Form<Values> }) {
  const { t, i18n } = useTranslation('setup');
  const { values } = form;
  const attributes = useQuery({
    ...attributeSchemaQuery(one.client_id),
    enabled: values.target === 'customers',
  });
  const choices = [
    { value: '', label: t('imports.nothing') },
    ...FIELDS[values.target].map((value) => ({
      value: value as string,
      label: t(`imports.fields.${value}` as 'imports.fields.key'),
    })),
    ...(values.target === 'customers' ? (attributes.data?.items ?? []) : []).map((each) => ({
      value: `attribute:${each.key}`,
      label: each.label,
    })),
  ];
  const put = (place: number, field: string) =>
    form.set({
      fields: one.columns.map((_, at) => {
        const kept = values.fields[at] ?? '';
        return at === place ? field : kept === field ? '' : kept;
      }),
    });
  if (one.columns.length === 0) return <p>{t('imports.noColumns')}</p>;
  return (
    <ul className={classes.columns} aria-label={t('imports.columns')}>
      {one.columns.map((column, place) => (
        <li key={place}>
          <div className={classes.column}>
            {column.name ? <bdi>{column.name}</bdi> : t('imports.unnamed', { number: place + 1 })}
            <span>
              {column.samples
                .filter(Boolean)
                .slice(0, 3)
                .map((sample) => isolate(sample, i18n.dir()))
                .join(' · ')}
            </span>
          </div>
          <Select
            aria-label={t('imports.holds', { name: column.name || place + 1 })}
            searchable
            allowDeselect={false}
            data={choices}
            value={values.fields[place] ?? ''}
            onChange={(field) => put(place, field ?? '')}
          />
        </li>
      ))}
    </ul>
  );
}
