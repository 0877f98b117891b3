/** Keys that sign a domain's mail: made here, published in DNS by the domain's owner, then switched on. */
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { MailAddress, SigningKey } from '@/api/types';
import { Brand } from '@/components/Brand';
import { ActiveSwitch } from '@/features/setup/parts/ActiveSwitch';
import { allOf } from '@/features/setup/parts/collection';
import { CopyBox } from '@/features/setup/parts/CopyBox';
import { Mark } from '@/features/setup/parts/Mark';
import { Fields, FormPanel, LookPanel } from '@/features/setup/parts/FormPanel';
import { Labelled } from '@/features/setup/parts/Labelled';
import { ClientPick } from '@/features/setup/parts/pickers';
import { useSave } from '@/features/setup/parts/saved';
import { RemoveButton } from '@/features/setup/parts/Removal';
import { Split, useClientFilter } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';

export function Signing() {
  return (
    <Split<SigningKey>
      section="signing"
      kind="signing-keys"
      byClient
      lineOf={(one) => ({
        name: one.domain,
        detail: `${one.selector} · ${one.algorithm}`,
        mark: <Mark clientId={one.client_id} />,
        off: !one.active,
      })}
      children={(item) => (item ? <Key item={item} /> : <Make />)}
    />
  );
}

function Key({ item }: { item: SigningKey }) {
  const { t } = useTranslation(['setup', 'common']);
  return (
    <LookPanel
      section="signing"
      title={item.domain}
      lead={<Brand clientId={item.client_id} />}
      actions={
        <>
          <ActiveSwitch kind="signing-keys" item={item} name={item.domain} />
          <RemoveButton kind="signing-keys" section="signing" item={item} name={item.domain} />
        </>
      }
    >
      <p>{t(item.active ? 'signing.on' : 'signing.off')}</p>
      <Fields title={t('signing.record')} hint={t('signing.recordHint')}>
        <Labelled label={t('signing.name')}>
          <CopyBox text={item.record_name} label={t('signing.name')} />
        </Labelled>
        <Labelled label={t('signing.value')}>
          <CopyBox text={item.record_value} label={t('signing.value')} />
        </Labelled>
      </Fields>
    </LookPanel>
  );
}

function Make() {
  const { t } = useTranslation(['setup', 'common']);
  const client = useClientFilter();
  const save = useSave<SigningKey>('signing-keys', 'signing', null);
  const addresses = useQuery(allOf<MailAddress>('mail-addresses')).data ?? [];
  const form = useForm({
    initial: { client_id: client ?? '', domain: '', algorithm: 'rsa' },
    required: ['client_id', 'domain'],
    save: async (values, before) => void (await save(values, before, values.domain)),
  });
  const { values } = form;
  const domains = [
    ...new Set(
      addresses
        .filter((one) => one.client_id === values.client_id)
        .map((one) => one.address.slice(one.address.lastIndexOf('@') + 1)),
    ),
  ];
  return (
    <FormPanel
      form={form}
      section="signing"
      title={t('common:setupNew.signing')}
      lead={t('signing.lead')}
      saveName={t('signing.make')}
    >
      <Fields>
        <ClientPick
          label={t('field.client')}
          value={values.client_id || null}
          onChange={(id) => form.set({ client_id: id ?? '', domain: '' })}
          error={form.error('client_id')}
        />
        <Select
          label={t('signing.domain')}
          description={t('signing.domainHint')}
          data={domains}
          value={values.domain || null}
          onChange={(domain) => form.set({ domain: domain ?? '' })}
          error={form.error('domain')}
        />
        <Select
          label={t('signing.algorithm')}
          allowDeselect={false}
          data={(['rsa', 'ed25519'] as const).map((value) => ({
            value,
            label: t(`signing.kind.${value}`),
          }))}
          value={values.algorithm}
          onChange={(algorithm) => algorithm && form.set({ algorithm })}
        />
      </Fields>
    </FormPanel>
  );
}
