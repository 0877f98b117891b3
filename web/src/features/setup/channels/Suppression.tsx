/** Addresses that a client no longer writes to: why, since when, and taking them off the list. */
import { Button, FileButton, Textarea, TextInput } from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import type { ImportResult, SuppressedAddress } from '@/api/types';
import { Brand } from '@/components/Brand';
import { toastError } from '@/components/errors';
import { When } from '@/components/Times';
import { refresh } from '@/features/setup/parts/collection';
import { Mark } from '@/features/setup/parts/Mark';
import { Fields, FormPanel, LookPanel, Row } from '@/features/setup/parts/FormPanel';
import { Labelled } from '@/features/setup/parts/Labelled';
import { ClientPick } from '@/features/setup/parts/pickers';
import { useRemoving } from '@/features/setup/parts/removing';
import { useSave } from '@/features/setup/parts/saved';
import { Split, useClientFilter } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';
import classes from './Mail.module.css';

const KIND = 'suppressed-addresses';

export function Suppression() {
  const { t } = useTranslation('setup');
  return (
    <Split<SuppressedAddress>
      section="suppression"
      kind={KIND}
      byClient
      serverSearch
      lineOf={(one) => ({
        name: one.address,
        detail: t(`suppression.reason.${one.reason}`),
        mark: <Mark clientId={one.client_id} />,
      })}
      children={(item) => (item ? <Listed item={item} /> : <Add />)}
    />
  );
}

function Listed({ item }: { item: SuppressedAddress }) {
  const { t } = useTranslation(['setup', 'common']);
  const [why, setWhy] = useState('');
  const removing = useRemoving({
    kind: KIND,
    section: 'suppression',
    item,
    name: item.address,
    query: { why: why.trim() },
    done: t('suppression.removed', { name: item.address }),
  });
  return (
    <LookPanel
      section="suppression"
      title={<span dir="ltr">{item.address}</span>}
      lead={<Brand clientId={item.client_id} />}
    >
      <Fields>
        <Labelled label={t('suppression.why')}>{t(`suppression.reason.${item.reason}`)}</Labelled>
        {item.note && (
          <Labelled label={t('suppression.note')}>
            <bdi>{item.note}</bdi>
          </Labelled>
        )}
        <Row>
          <Labelled label={t('suppression.since')}>
            <When at={item.added_at} /> · <bdi>{item.added_by}</bdi>
          </Labelled>
          <Labelled label={t('suppression.until')}>
            {item.expires_at ? <When at={item.expires_at} /> : t('suppression.forGood')}
          </Labelled>
        </Row>
      </Fields>
      <Fields title={t('suppression.remove')} hint={t('suppression.removeHint')}>
        <TextInput
          label={t('suppression.because')}
          value={why}
          maxLength={500}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        <div>
          <Button
            variant="default"
            disabled={why.trim().length < 3}
            loading={removing.isPending}
            onClick={() => removing.mutate()}
          >
            {t('suppression.removeNow')}
          </Button>
        </div>
      </Fields>
    </LookPanel>
  );
}

function Add() {
  const { t } = useTranslation(['setup', 'common']);
  const client = useClientFilter();
  const save = useSave<SuppressedAddress>(KIND, 'suppression', null);
  const form = useForm({
    initial: { client_id: client ?? '', address: '', note: '' },
    required: ['client_id', 'address', 'note'],
    rules: (values) => ({
      address: /^[^@\s<>]+@[^@\s<>]+$/.test(values.address) ? undefined : t('form.emailWrong'),
      note: values.note.trim().length < 3 ? t('form.required') : undefined,
    }),
    save: async (values, before) => void (await save(values, before, values.address)),
  });
  const owner = form.values.client_id;
  return (
    <FormPanel
      form={form}
      section="suppression"
      title={t('common:setupNew.suppression')}
      lead={t('suppression.lead')}
    >
      <Fields>
        <ClientPick
          label={t('field.client')}
          value={owner || null}
          onChange={(id) => form.set({ client_id: id ?? '' })}
          error={form.error('client_id')}
        />
        <TextInput
          label={t('suppression.address')}
          type="email"
          dir="ltr"
          {...form.text('address')}
        />
        <Textarea label={t('suppression.because')} autosize {...form.text('note')} />
      </Fields>
      <Files clientId={owner} />
    </FormPanel>
  );
}

function Files({ clientId }: { clientId: string }) {
  const { t } = useTranslation('setup');
  const take = useMutation({
    mutationFn: async (file: File) =>
      http.post<ImportResult>(`/api/${KIND}/import`, {
        client_id: clientId,
        csv: await file.text(),
      }),
    onSuccess: () => refresh(KIND),
    onError: toastError,
  });
  const result = take.data;
  return (
    <Fields title={t('suppression.files')} hint={t('suppression.filesHint')}>
      <div className={classes.presets}>
        <FileButton
          accept=".csv,text/csv"
          disabled={!clientId}
          onChange={(file) => file && take.mutate(file)}
        >
          {(props) => (
            <Button
              {...props}
              variant="default"
              disabled={!clientId}
              loading={take.isPending}
              leftSection={<IconUpload size={14} aria-hidden />}
            >
              {t('suppression.import')}
            </Button>
          )}
        </FileButton>
        {clientId && (
          <Button
            component="a"
            href={`/api/${KIND}/export?client_id=${clientId}`}
            download
            variant="default"
            leftSection={<IconDownload size={14} aria-hidden />}
          >
            {t('suppression.export')}
          </Button>
        )}
      </div>
      <div role="status">
        {result && (
          <div className={classes.answer} data-fine={result.refused === 0}>
            <div>
              <strong>
                {t('suppression.imported', {
                  added: result.added,
                  known: result.known,
                  refused: result.refused,
                })}
              </strong>
              {result.rows.map((row) => (
                <code key={row.line}>{t('suppression.line', row)}</code>
              ))}
            </div>
          </div>
        )}
      </div>
    </Fields>
  );
}
