/** What becomes of card numbers, accounts, ids and secrets in a client's messages, and a box to try it. */
import { ActionIcon, Button, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { http } from '@/api/http';
import type { Client, DataClass, PrivacyAction, PrivacyPolicy, PrivacyRule } from '@/api/types';
import { Brand, BrandMark } from '@/components/Brand';
import { Loaded } from '@/components/Loaded';
import { showToast } from '@/components/toasts';
import { PrivacyTrial } from '@/features/setup/brands/PrivacyTrial';
import { Fields, FormPanel } from '@/features/setup/parts/FormPanel';
import { Split } from '@/features/setup/parts/Split';
import { rebased, rebasedList } from '@/features/setup/parts/rebase';
import { useForm } from '@/features/setup/parts/useForm';
import classes from './Privacy.module.css';

const CLASSES: readonly Exclude<DataClass, 'own'>[] = [
  'card',
  'card_code',
  'bank_account',
  'national_id',
  'health_id',
  'secret',
  'birth_date',
];
const ACTIONS: readonly PrivacyAction[] = ['keep', 'mask', 'remove'];
const NEW_RULE: PrivacyRule = {
  name: '',
  pattern: '',
  action: 'mask',
  agents: false,
  any_case: false,
};

const privacyQuery = (clientId: string) =>
  queryOptions({
    queryKey: ['setup', 'privacy', clientId],
    queryFn: () => http.get<PrivacyPolicy>(`/api/clients/${clientId}/privacy`),
  });

export function Privacy() {
  const { t } = useTranslation(['setup', 'common']);
  return (
    <Split<Client>
      section="privacy"
      kind="clients"
      makes={false}
      lineOf={(one) => ({
        name: one.name,
        detail: t(`industry.${one.industry}`),
        mark: <BrandMark color={one.color} name={one.name} />,
      })}
      children={(item) => item && <Policy client={item} />}
    />
  );
}

function Policy({ client }: { client: Client }) {
  const query = useQuery({ ...privacyQuery(client.id), staleTime: 0 });
  return (
    <Loaded query={query} skeletons={{ count: 7, height: 48 }}>
      {(policy) => <PolicyForm client={client} policy={policy} />}
    </Loaded>
  );
}

function PolicyForm({ client, policy }: { client: Client; policy: PrivacyPolicy }) {
  const { t } = useTranslation(['setup', 'common']);
  const { queryKey } = privacyQuery(client.id);
  const form = useForm<PrivacyPolicy>({
    initial: policy,
    again: () => queryClient.fetchQuery({ ...privacyQuery(client.id), staleTime: 0 }),
    merge: (before, mine, theirs) => ({
      ...rebased(before, mine, theirs),
      rules: rebasedList(before.rules, mine.rules, theirs.rules, (one) => one.name),
    }),
    save: async (values) => {
      const done = await http.put<PrivacyPolicy>(`/api/clients/${client.id}/privacy`, values);
      queryClient.setQueryData(queryKey, done);
      showToast({ tone: 'good', text: t('form.saved', { name: client.name }) }, 3);
      return done;
    },
  });
  const { values } = form;
  const actions = ACTIONS.map((one) => ({ value: one, label: t(`privacy.${one}`) }));
  return (
    <FormPanel
      form={form}
      section="privacy"
      title={t('common:setupSection.privacy')}
      lead={<Brand clientId={client.id} />}
      aside={<PrivacyTrial clientId={client.id} policy={values} />}
    >
      <Fields title={t('privacy.classes')} hint={t('privacy.hint')}>
        <ul className={classes.list}>
          {CLASSES.map((one) => (
            <li key={one} className={classes.class}>
              <span className={classes.name}>{t(`privacy.data.${one}`)}</span>
              <Select
                aria-label={`${t(`privacy.data.${one}`)}: ${t('privacy.action')}`}
                allowDeselect={false}
                data={actions}
                value={values[one].action}
                onChange={(action) =>
                  form.set({ [one]: { ...values[one], action: action as PrivacyAction } })
                }
              />
              <Switch
                label={t('privacy.agents')}
                aria-label={`${t(`privacy.data.${one}`)}: ${t('privacy.agents')}`}
                checked={values[one].agents && values[one].action !== 'keep'}
                disabled={values[one].action === 'keep'}
                onChange={(event) =>
                  form.set({ [one]: { ...values[one], agents: event.currentTarget.checked } })
                }
              />
            </li>
          ))}
        </ul>
        <NumberInput
          label={t('privacy.keepDays')}
          min={1}
          max={3650}
          value={values.keep_days}
          onChange={(days) => form.set({ keep_days: Number(days) || 1 })}
          error={form.error('keep_days')}
          className={classes.days}
        />
      </Fields>
      <Rules form={form} actions={actions} />
    </FormPanel>
  );
}

function Rules({
  form,
  actions,
}: {
  form: ReturnType<typeof useForm<PrivacyPolicy>>;
  actions: { value: PrivacyAction; label: string }[];
}) {
  const { t } = useTranslation(['setup', 'common']);
  const { rules } = form.values;
  const put = (index: number, change: Partial<PrivacyRule>) =>
    form.set({ rules: rules.map((one, at) => (at === index ? { ...one, ...change } : one)) });
  return (
    <Fields title={t('privacy.rules')} hint={t('privacy.rulesHint')}>
      {rules.length === 0 && <p className={classes.none}>{t('privacy.noRules')}</p>}
      <ul className={classes.list}>
        {rules.map((rule, index) => (
          <li key={index} className={classes.rule}>
            <TextInput
              label={t('privacy.ruleName')}
              value={rule.name}
              maxLength={40}
              onChange={(event) => put(index, { name: event.currentTarget.value })}
              error={form.error(`rules/${index}/name`)}
            />
            <TextInput
              label={t('privacy.rulePattern')}
              value={rule.pattern}
              maxLength={300}
              dir="ltr"
              spellCheck={false}
              classNames={{ input: classes.pattern }}
              onChange={(event) => put(index, { pattern: event.currentTarget.value })}
              error={form.error(`rules/${index}/pattern`)}
            />
            <Select
              label={t('privacy.action')}
              allowDeselect={false}
              data={actions}
              value={rule.action}
              onChange={(action) => put(index, { action: action as PrivacyAction })}
            />
            <ActionIcon
              className={classes.remove}
              aria-label={t('privacy.removeRule', { name: rule.name })}
              onClick={() => form.set({ rules: rules.filter((_, at) => at !== index) })}
            >
              <IconX size={14} />
            </ActionIcon>
            <div className={classes.switches}>
              <Switch
                label={t('privacy.anyCase')}
                checked={rule.any_case}
                onChange={(event) => put(index, { any_case: event.currentTarget.checked })}
              />
              <Switch
                label={t('privacy.agents')}
                checked={rule.agents}
                onChange={(event) => put(index, { agents: event.currentTarget.checked })}
              />
            </div>
          </li>
        ))}
      </ul>
      <div>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={rules.length >= 30}
          onClick={() => form.set({ rules: [...rules, NEW_RULE] })}
        >
          {t('privacy.addRule')}
        </Button>
      </div>
    </Fields>
  );
}
