/** Writes a consent down in full: what was asked, over which channel, on which basis, and the answer. */
import { Button, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, Consent, ConsentPurpose, LegalBasis } from '@/api/types';
import { Dialog } from '@/components/Dialog';
import { PURPOSES } from './purposes';
import classes from './Customer.module.css';

const CHANNELS: readonly Channel[] = ['voice', 'email', 'chat', 'social', 'sms'];
const BASES: readonly LegalBasis[] = [
  'consent',
  'contract',
  'legal_obligation',
  'legitimate_interest',
];

export type ConsentWords = Omit<Consent, 'id' | 'at' | 'recorded_by'>;

export function ConsentForm({
  busy,
  onSave,
  onClose,
}: {
  busy: boolean;
  onSave: (words: ConsentWords) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [words, setWords] = useState<ConsentWords>({
    purpose: 'service',
    channel: null,
    granted: true,
    basis: 'consent',
    source: '',
    wording: null,
  });
  const change = (some: Partial<ConsentWords>) => setWords((before) => ({ ...before, ...some }));
  const save = (event: FormEvent) => {
    event.preventDefault();
    onSave({ ...words, source: words.source.trim(), wording: words.wording?.trim() || null });
  };
  return (
    <Dialog onClose={onClose} title={t('consent.record')}>
      <form className={classes.consentForm} onSubmit={save}>
        <Select
          label={t('consent.purpose')}
          data-autofocus
          allowDeselect={false}
          value={words.purpose}
          data={PURPOSES.map((one) => ({ value: one, label: t(`consent.${one}`) }))}
          onChange={(value) => value && change({ purpose: value as ConsentPurpose })}
        />
        <Select
          label={t('consent.channel')}
          placeholder={t('consent.everyChannel')}
          clearable
          value={words.channel}
          data={CHANNELS.map((one) => ({ value: one, label: t(`channel.${one}`) }))}
          onChange={(value) => change({ channel: value as Channel | null })}
        />
        <SegmentedControl
          fullWidth
          aria-label={t('consent.answer')}
          value={words.granted ? 'yes' : 'no'}
          data={[
            { value: 'yes', label: t('state.yes') },
            { value: 'no', label: t('state.no') },
          ]}
          onChange={(value) => change({ granted: value === 'yes' })}
        />
        <Select
          label={t('consent.basisLabel')}
          allowDeselect={false}
          value={words.basis}
          data={BASES.map((one) => ({ value: one, label: t(`consent.basis.${one}`) }))}
          onChange={(value) => value && change({ basis: value as LegalBasis })}
        />
        <TextInput
          label={t('consent.source')}
          description={t('consent.sourceHint')}
          required
          maxLength={200}
          value={words.source}
          onChange={(event) => change({ source: event.currentTarget.value })}
        />
        <Textarea
          label={t('consent.wording')}
          description={t('consent.wordingHint')}
          autosize
          minRows={2}
          maxLength={4000}
          value={words.wording ?? ''}
          onChange={(event) => change({ wording: event.currentTarget.value })}
        />
        <Button type="submit" loading={busy} disabled={!words.source.trim()}>
          {t('consent.save')}
        </Button>
      </form>
    </Dialog>
  );
}
