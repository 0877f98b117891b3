/** Lines of contacts with their promise, and who is asked to answer them. */
import { MultiSelect, NumberInput, SegmentedControl, Switch, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Channel, Priority, Queue } from '@/api/types';
import { Brand } from '@/components/Brand';
import { useFormat } from '@/components/format';
import { ActiveSwitch } from '@/features/setup/parts/ActiveSwitch';
import { Mark } from '@/features/setup/parts/Mark';
import { formOf } from '@/features/setup/parts/collection';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { Labelled } from '@/features/setup/parts/Labelled';
import {
  LanguagePick,
  ProgramPick,
  ProviderPick,
  QueuePick,
  usePrograms,
} from '@/features/setup/parts/pickers';
import { useSave } from '@/features/setup/parts/saved';
import { Split, useClientFilter } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';
import { SkillLevels } from '@/features/setup/routing/SkillLevels';

const PRIORITIES: readonly Priority[] = ['low', 'normal', 'high', 'urgent'];

export function Queues() {
  const { t } = useTranslation(['setup', 'common']);
  const format = useFormat();
  return (
    <Split<Queue>
      section="queues"
      kind="queues"
      byClient
      lineOf={(one) => ({
        name: one.name,
        detail: t('queues.promise', {
          share: format.percent(one.target_share),
          time: format.duration(one.target_seconds),
        }),
        mark: <Mark clientId={one.client_id} />,
        off: !one.active,
      })}
      children={(item) => <QueueForm item={item} />}
    />
  );
}

type Values = Omit<Queue, 'id' | 'client_id' | 'active'>;

function QueueForm({ item }: { item: Queue | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const format = useFormat();
  const client = useClientFilter();
  const programs = usePrograms();
  const save = useSave<Queue>('queues', 'queues', item);
  const shown = (one: Queue | null): Values => ({
    program_id: one?.program_id ?? '',
    provider_id: one?.provider_id ?? '',
    name: one?.name ?? '',
    channels: one?.channels ?? ['email', 'chat'],
    language: one?.language ?? null,
    priority: one?.priority ?? 'normal',
    skills: one?.skills ?? [],
    target_seconds: one?.target_seconds ?? 60,
    target_share: one?.target_share ?? 0.8,
    accept_mode: one?.accept_mode ?? 'offer',
    offer_seconds: one?.offer_seconds ?? 30,
    overflow_after_seconds: one?.overflow_after_seconds ?? null,
    overflow_queue_id: one?.overflow_queue_id ?? null,
    always_open: one?.always_open ?? false,
  });
  const form = useForm<Values>({
    ...formOf('queues', item, shown),
    fixed: ['program_id', 'provider_id'],
    required: ['name', 'program_id', 'provider_id', 'channels'],
    rules: (values) => ({
      overflow_queue_id:
        values.overflow_after_seconds !== null && !values.overflow_queue_id
          ? t('queues.overflowWhere')
          : undefined,
    }),
    save: async (values, before) => {
      const clientId = programs.find((one) => one.id === values.program_id)?.client_id;
      const body = item ? values : { ...values, client_id: clientId };
      return shown(await save(body, before, values.name));
    },
  });
  const { values } = form;
  const program = programs.find((one) => one.id === values.program_id);
  const chooseProgram = (id: string | null) => {
    const chosen = programs.find((one) => one.id === id);
    form.set({
      program_id: id ?? '',
      provider_id: chosen?.provider_ids.length === 1 ? (chosen.provider_ids[0] ?? '') : '',
      channels: chosen ? chosen.channels : values.channels,
      overflow_queue_id: null,
    });
  };
  return (
    <FormPanel
      form={form}
      section="queues"
      title={item?.name ?? t('common:setupNew.queues')}
      lead={
        item ? (
          <>
            <Brand clientId={item.client_id} />
            <span>{program?.name}</span>
          </>
        ) : (
          t('queues.lead')
        )
      }
      actions={item && <ActiveSwitch kind="queues" item={item} name={item.name} />}
    >
      <Fields>
        <TextInput label={t('field.name')} {...form.text('name')} />
        {!item && (
          <Row>
            <ProgramPick
              label={t('field.program')}
              clientId={client ?? null}
              value={values.program_id || null}
              onChange={chooseProgram}
              error={form.error('program_id')}
            />
            <ProviderPick
              label={t('field.provider')}
              description={program?.provider_ids.length === 0 ? t('queues.noProvider') : undefined}
              {...(program && { among: program.provider_ids })}
              value={values.provider_id || null}
              onChange={(value) => form.set({ provider_id: value ?? '' })}
              error={form.error('provider_id')}
            />
          </Row>
        )}
      </Fields>
      <Fields title={t('queues.which')} hint={t('queues.whichHint')}>
        <Row>
          <MultiSelect
            label={t('programs.channels')}
            data={(program?.channels ?? values.channels).map((one) => ({
              value: one,
              label: t(`common:channel.${one}`),
            }))}
            value={values.channels}
            onChange={(value) => form.set({ channels: value as Channel[] })}
            error={form.error('channels')}
          />
          <LanguagePick
            label={t('queues.language')}
            placeholder={t('queues.anyLanguage')}
            clearable
            {...form.bind('language')}
          />
        </Row>
        <Labelled label={t('queues.priority')} description={t('queues.priorityHint')}>
          <SegmentedControl
            aria-label={t('queues.priority')}
            data={PRIORITIES.map((one) => ({ value: one, label: t(`common:priority.${one}`) }))}
            value={values.priority}
            onChange={(value) => form.set({ priority: value as Priority })}
          />
        </Labelled>
      </Fields>
      <Fields title={t('queues.who')}>
        <SkillLevels
          label={t('queues.skills')}
          description={t('queues.skillsHint')}
          providerId={values.provider_id || null}
          {...form.bind('skills')}
        />
      </Fields>
      <Fields
        title={t('queues.serviceLevel')}
        hint={t('queues.promise', {
          share: format.percent(values.target_share),
          time: format.duration(values.target_seconds),
        })}
      >
        <Row>
          <NumberInput
            label={t('queues.share')}
            suffix=" %"
            min={1}
            max={100}
            value={Math.round(values.target_share * 1000) / 10}
            onChange={(value) => form.set({ target_share: Number(value) / 100 })}
            error={form.error('target_share')}
          />
          <NumberInput
            label={t('queues.within')}
            suffix={` ${t('unit.seconds')}`}
            min={1}
            allowDecimal={false}
            value={values.target_seconds}
            onChange={(value) => form.set({ target_seconds: Number(value) })}
            error={form.error('target_seconds')}
          />
        </Row>
      </Fields>
      <Fields title={t('queues.offering')}>
        <Labelled
          label={t('queues.acceptMode')}
          description={t(`queues.acceptModeHint.${values.accept_mode}`)}
        >
          <SegmentedControl
            aria-label={t('queues.acceptMode')}
            data={[
              { value: 'offer', label: t('queues.accept.offer') },
              { value: 'auto', label: t('queues.accept.auto') },
            ]}
            value={values.accept_mode}
            onChange={(value) => form.set({ accept_mode: value as Queue['accept_mode'] })}
          />
        </Labelled>
        {values.accept_mode === 'offer' && (
          <NumberInput
            label={t('queues.offerSeconds')}
            description={t('queues.offerSecondsHint')}
            suffix={` ${t('unit.seconds')}`}
            min={5}
            allowDecimal={false}
            value={values.offer_seconds}
            onChange={(value) => form.set({ offer_seconds: Number(value) })}
            error={form.error('offer_seconds')}
          />
        )}
        <Switch
          label={t('queues.alwaysOpen')}
          description={t('queues.alwaysOpenHint')}
          {...form.check('always_open')}
        />
      </Fields>
      <Fields title={t('queues.overflow')} hint={t('queues.overflowHint')}>
        <Row>
          <NumberInput
            label={t('queues.overflowAfter')}
            placeholder={t('queues.never')}
            suffix={` ${t('unit.seconds')}`}
            min={1}
            allowDecimal={false}
            value={values.overflow_after_seconds ?? ''}
            onChange={(value) =>
              form.set(
                value === ''
                  ? { overflow_after_seconds: null, overflow_queue_id: null }
                  : { overflow_after_seconds: Number(value) },
              )
            }
            error={form.error('overflow_after_seconds')}
          />
          <QueuePick
            label={t('queues.overflowQueue')}
            clearable
            programId={values.program_id}
            {...(item && { without: item.id })}
            {...form.bind('overflow_queue_id')}
          />
        </Row>
      </Fields>
    </FormPanel>
  );
}
