/** Pieces of a client's care, each with its hours, channels, languages and voice. */
import { MultiSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Channel, Program } from '@/api/types';
import { Brand } from '@/components/Brand';
import { ZonePick } from '@/components/ZonePick';
import { HolidaysEditor } from '@/features/setup/brands/HolidaysEditor';
import { wrongSpan } from '@/features/setup/brands/hours';
import { HoursEditor } from '@/features/setup/brands/HoursEditor';
import { Mark } from '@/features/setup/parts/Mark';
import { formOf } from '@/features/setup/parts/collection';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { LinesEditor } from '@/features/setup/parts/LinesEditor';
import { ClientPick, LanguagesPick, useProviders } from '@/features/setup/parts/pickers';
import { useSave } from '@/features/setup/parts/saved';
import { Split, useClientFilter } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';

const CHANNELS: readonly Channel[] = ['email', 'chat', 'sms', 'social', 'voice'];

export function Programs() {
  const { t } = useTranslation(['setup', 'common']);
  return (
    <Split<Program>
      section="programs"
      kind="programs"
      byClient
      lineOf={(one) => ({
        name: one.name,
        detail: one.channels.map((channel) => t(`common:channel.${channel}`)).join(', '),
        mark: <Mark clientId={one.client_id} />,
      })}
      children={(item) => <ProgramForm item={item} />}
    />
  );
}

function ProgramForm({ item }: { item: Program | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const client = useClientFilter();
  const providers = useProviders();
  const save = useSave<Program>('programs', 'programs', item);
  const shown = (one: Program | null): Omit<Program, 'id'> => ({
    client_id: one?.client_id ?? client ?? '',
    name: one?.name ?? '',
    time_zone: one?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    languages: one?.languages ?? ['en'],
    channels: one?.channels ?? ['email', 'chat'],
    hours: one?.hours ?? [],
    holidays: one?.holidays ?? [],
    voice: one?.voice ?? { greeting: '', tone_do: [], tone_dont: [], signature: '' },
    provider_ids: one?.provider_ids ?? [],
    reopen_days: one?.reopen_days ?? 7,
    undo_send_seconds: one?.undo_send_seconds ?? 8,
  });
  const form = useForm<Omit<Program, 'id'>>({
    ...formOf('programs', item, shown),
    fixed: ['client_id'],
    required: ['client_id', 'name', 'time_zone', 'languages'],
    rules: (values) => {
      const wrong = wrongSpan(values.hours);
      return wrong ? { [`hours/${wrong.index}`]: t(`hours.wrong.${wrong.why}`) } : {};
    },
    save: async (values, before) => {
      const trimmed = {
        ...values,
        voice: {
          ...values.voice,
          tone_do: values.voice.tone_do.map((line) => line.trim()).filter(Boolean),
          tone_dont: values.voice.tone_dont.map((line) => line.trim()).filter(Boolean),
        },
      };
      return shown(await save(trimmed, before, values.name));
    },
  });
  const { voice } = form.values;
  const setVoice = (change: Partial<Program['voice']>) =>
    form.set({ voice: { ...voice, ...change } });
  return (
    <FormPanel
      form={form}
      section="programs"
      title={item?.name ?? t('common:setupNew.programs')}
      lead={item ? <Brand clientId={item.client_id} /> : t('programs.lead')}
    >
      <Fields>
        <TextInput label={t('field.name')} {...form.text('name')} />
        {!item && (
          <ClientPick
            label={t('field.client')}
            value={form.values.client_id || null}
            onChange={(value) => form.set({ client_id: value ?? '' })}
            error={form.error('client_id')}
          />
        )}
        <MultiSelect
          label={t('programs.channels')}
          data={CHANNELS.map((one) => ({ value: one, label: t(`common:channel.${one}`) }))}
          value={form.values.channels}
          onChange={(value) => form.set({ channels: value as Channel[] })}
          error={form.error('channels')}
        />
        <LanguagesPick
          label={t('programs.languages')}
          description={t('programs.languagesHint')}
          {...form.bind('languages')}
        />
        <MultiSelect
          label={t('programs.providers')}
          description={t('programs.providersHint')}
          searchable
          data={providers.map((one) => ({ value: one.id, label: one.name }))}
          {...form.bind('provider_ids')}
        />
      </Fields>
      <Fields title={t('programs.hours')} hint={t('programs.hoursHint')}>
        <ZonePick
          label={t('field.timeZone')}
          value={form.values.time_zone || null}
          onChange={(value) => form.set({ time_zone: value ?? '' })}
          error={form.error('time_zone')}
        />
        <HoursEditor {...form.bind('hours')} />
        <HolidaysEditor {...form.bind('holidays')} />
      </Fields>
      <Fields title={t('programs.voice')} hint={t('programs.voiceHint')}>
        <Textarea
          label={t('programs.greeting')}
          description={t('programs.greetingHint')}
          autosize
          minRows={2}
          value={voice.greeting}
          onChange={(event) => setVoice({ greeting: event.currentTarget.value })}
          error={form.error('voice/greeting')}
        />
        <Row>
          <LinesEditor
            label={t('programs.toneDo')}
            placeholder={t('programs.toneDoSample')}
            value={voice.tone_do}
            onChange={(tone_do) => setVoice({ tone_do })}
            error={form.error('voice/tone_do')}
          />
          <LinesEditor
            label={t('programs.toneDont')}
            placeholder={t('programs.toneDontSample')}
            value={voice.tone_dont}
            onChange={(tone_dont) => setVoice({ tone_dont })}
            error={form.error('voice/tone_dont')}
          />
        </Row>
        <Textarea
          label={t('programs.signature')}
          autosize
          minRows={2}
          value={voice.signature}
          onChange={(event) => setVoice({ signature: event.currentTarget.value })}
          error={form.error('voice/signature')}
        />
      </Fields>
      <Fields title={t('programs.rules')}>
        <Row>
          <NumberInput
            label={t('programs.reopen')}
            description={t('programs.reopenHint')}
            min={0}
            max={365}
            allowDecimal={false}
            value={form.values.reopen_days}
            onChange={(value) => form.set({ reopen_days: Number(value) })}
            error={form.error('reopen_days')}
          />
          <NumberInput
            label={t('programs.undo')}
            description={t('programs.undoHint')}
            min={0}
            max={60}
            allowDecimal={false}
            value={form.values.undo_send_seconds}
            onChange={(value) => form.set({ undo_send_seconds: Number(value) })}
            error={form.error('undo_send_seconds')}
          />
        </Row>
      </Fields>
    </FormPanel>
  );
}
