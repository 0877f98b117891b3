/** Registers an incident, or corrects what is known of one. */
import {
  Checkbox,
  MultiSelect,
  NumberInput,
  Select,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useMe } from '@/api/session';
import type { Uuid } from '@/api/types';
import { FormDialog } from '@/components/FormDialog';
import { LANGUAGES, ownName } from '@/components/languages';
import { hereZone, ZonePick } from '@/components/ZonePick';
import classes from '@/features/compliance/Compliance.module.css';
import { REGIMES, SEVERITIES, type Incident } from '@/features/compliance/data';
import { useDeed } from '@/features/compliance/deeds';
import { asksContract, changesOf, isWhole, toSend, type Facts } from '@/features/compliance/facts';
import { MomentField } from '@/features/compliance/MomentField';

const UNKNOWN: Facts = {
  title: '',
  description: '',
  severity: 'medium',
  regimes: ['gdpr'],
  data_kinds: [],
  customers_estimate: 0,
  time_zone: '',
  occurred_at: null,
  aware_at: null,
  contract_hours: null,
};

export function RegisterIncident({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation('compliance');
  const me = useMe();
  const [clients, setClients] = useState<Uuid[]>(
    me.clients.length === 1 ? me.clients.map((one) => one.id) : [],
  );
  const [language, setLanguage] = useState(i18n.language);
  const [facts, setFacts] = useState<Facts>({ ...UNKNOWN, time_zone: hereZone() });
  const open = useDeed(
    () => http.post('/api/incidents', { client_ids: clients, language, ...toSend(facts) }),
    onClose,
  );
  return (
    <FormDialog
      wide
      title={t('incidents.register')}
      ready={clients.length > 0 && isWhole(facts)}
      busy={open.isPending}
      onSubmit={() => open.mutate()}
      onClose={onClose}
    >
      <MultiSelect
        searchable
        hidePickedOptions
        maxValues={100}
        label={t('incidents.clients')}
        value={clients}
        onChange={setClients}
        data={me.clients.map((one) => ({ value: one.id, label: one.name }))}
      />
      <Fields facts={facts} setFacts={setFacts} awareHint={t('incidents.awareHint')} />
      <Select
        label={t('incidents.language')}
        allowDeselect={false}
        value={language}
        onChange={(value) => value && setLanguage(value)}
        data={LANGUAGES.map((one) => ({ value: one, label: ownName(one) }))}
      />
    </FormDialog>
  );
}

export function CorrectIncident({ one, onClose }: { one: Incident; onClose: () => void }) {
  const { t } = useTranslation(['compliance', 'common']);
  const [facts, setFacts] = useState<Facts>(one);
  const changes = changesOf(one, facts);
  const save = useDeed(() => http.patch(`/api/incidents/${one.id}`, changes), onClose);
  return (
    <FormDialog
      wide
      title={t('incidents.correct')}
      action={t('common:action.save')}
      ready={isWhole(facts) && facts.aware_at !== null && Object.keys(changes).length > 0}
      busy={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <Fields facts={facts} setFacts={setFacts} />
    </FormDialog>
  );
}

function Fields({
  facts,
  setFacts,
  awareHint,
}: {
  facts: Facts;
  setFacts: (facts: Facts) => void;
  awareHint?: string;
}) {
  const { t } = useTranslation('compliance');
  const set = (part: Partial<Facts>) => setFacts({ ...facts, ...part });
  return (
    <>
      <TextInput
        label={t('incidents.title')}
        maxLength={200}
        data-autofocus
        value={facts.title}
        onChange={(event) => set({ title: event.currentTarget.value })}
      />
      <Textarea
        label={t('incidents.description')}
        autosize
        minRows={3}
        maxRows={10}
        maxLength={10000}
        value={facts.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
      />
      <div className={classes.pairs}>
        <MomentField
          label={t('incidents.aware')}
          {...(awareHint && { hint: awareHint })}
          value={facts.aware_at}
          onChange={(aware_at) => set({ aware_at })}
        />
        <MomentField
          label={t('incidents.occurred')}
          hint={t('incidents.occurredHint')}
          value={facts.occurred_at}
          onChange={(occurred_at) => set({ occurred_at })}
        />
        <ZonePick
          label={t('incidents.zone')}
          value={facts.time_zone}
          onChange={(zone) => zone && set({ time_zone: zone })}
        />
        <Select
          label={t('incidents.severity')}
          allowDeselect={false}
          value={facts.severity}
          onChange={(severity) => severity && set({ severity })}
          data={SEVERITIES.map((one) => ({ value: one, label: t(`severity.${one}`) }))}
        />
        <NumberInput
          label={t('incidents.customers')}
          description={t('incidents.customersHint')}
          min={0}
          max={1_000_000_000}
          allowDecimal={false}
          value={facts.customers_estimate}
          onChange={(count) => set({ customers_estimate: Number(count) })}
        />
        <TagsInput
          label={t('incidents.kinds')}
          description={t('incidents.kindsHint')}
          maxTags={30}
          maxLength={100}
          value={facts.data_kinds}
          onChange={(data_kinds) => set({ data_kinds })}
        />
      </div>
      <Checkbox.Group
        label={t('incidents.regimes')}
        value={facts.regimes}
        onChange={(regimes) => set({ regimes })}
      >
        {REGIMES.map((one) => (
          <Checkbox key={one} mt="xs" value={one} label={t(`regime.${one}`)} />
        ))}
      </Checkbox.Group>
      {asksContract(facts) && (
        <NumberInput
          label={t('incidents.hours')}
          min={1}
          max={8760}
          allowDecimal={false}
          value={facts.contract_hours ?? ''}
          onChange={(hours) => set({ contract_hours: hours === '' ? null : Number(hours) })}
        />
      )}
    </>
  );
}
