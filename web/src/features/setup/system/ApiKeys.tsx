/** Keys with which programs use the API: made here, shown once, revoked here. */
import { MultiSelect, Select, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { ApiKey, Instant } from '@/api/types';
import { useNow } from '@/components/clock';
import { When } from '@/components/Times';
import { dayOf } from '@/features/setup/parts/days';
import { Fields, FormPanel, LookPanel } from '@/features/setup/parts/FormPanel';
import { Labelled } from '@/features/setup/parts/Labelled';
import { MadeOnce, useMadeOnce } from '@/features/setup/parts/MadeOnce';
import { Removal } from '@/features/setup/parts/Removal';
import { Split } from '@/features/setup/parts/Split';

const KIND = 'api-keys';
const DAY = 86_400_000;
const SOON = 14 * DAY;
const TERMS = ['30', '90', '365', 'never', 'own'] as const;

interface Values {
  name: string;
  permissions: string[];
  client_ids: string[];
  term: (typeof TERMS)[number];
  /** The last day, where it is an own one. */
  day: string;
}

const isOver = (at: Instant | null, now: number) => at !== null && Date.parse(at) <= now;

/** When a key ends that is made now; null, never; undefined, no day was given. */
function endOf({ term, day }: Pick<Values, 'term' | 'day'>): Instant | null | undefined {
  if (term === 'never') return null;
  if (term === 'own') return dayOf(day, 1);
  return new Date(Date.now() + Number(term) * DAY).toISOString();
}

export function ApiKeys() {
  const now = useNow(60);
  return (
    <Split<ApiKey>
      section="api-keys"
      kind={KIND}
      lineOf={(one) => ({
        name: one.name,
        detail: `${one.person_name} · clk_${one.prefix}…`,
        words: one.person_name,
        side: one.expires_at && <End at={one.expires_at} />,
        off: one.revoked_at !== null || isOver(one.expires_at, now),
      })}
      children={(item) => (item ? <KeyPanel item={item} /> : <NewKey />)}
    />
  );
}

/** When a key ends, with a warning where that is soon. */
function End({ at }: { at: Instant }) {
  const { t } = useTranslation('setup');
  const left = Date.parse(at) - useNow(60);
  const warning = t(left > 0 ? 'apiKeys.expiresSoon' : 'apiKeys.expired');
  return (
    <>
      {left <= SOON && <IconAlertTriangle size={16} color="var(--warn)" aria-label={warning} />}{' '}
      <When at={at} style="date" />
    </>
  );
}

const wordFor = (permission: string) =>
  `permission.${permission.replace('.', '_')}` as 'permission.people_read';

function NewKey() {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const { form, secret } = useMadeOnce<Values, { key: ApiKey; secret: string }>({
    kind: KIND,
    initial: { name: '', permissions: [], client_ids: [], term: '90', day: '' },
    required: ['name'],
    rules: (values) => ({
      expires_at: endOf(values) === undefined ? t('form.required') : undefined,
    }),
    body: ({ term, day, ...rest }) => ({ ...rest, expires_at: endOf({ term, day }) }),
    made: ({ key }) => key,
  });
  if (secret) {
    return (
      <MadeOnce
        section="api-keys"
        title={form.values.name}
        secret={secret}
        label={t('apiKeys.made')}
        hint={t('apiKeys.once')}
      >
        <Labelled label={t('apiKeys.use')}>
          <code dir="ltr">{`Authorization: Bearer ${secret.slice(0, 12)}…`}</code>
        </Labelled>
      </MadeOnce>
    );
  }
  return (
    <FormPanel
      form={form}
      section="api-keys"
      title={t('common:setupNew.api-keys')}
      lead={t('apiKeys.lead')}
      saveName={t('apiKeys.make')}
    >
      <Fields>
        <TextInput
          label={t('field.name')}
          description={t('apiKeys.nameHint')}
          {...form.text('name')}
        />
        <MultiSelect
          label={t('apiKeys.permissions')}
          description={t('apiKeys.permissionsHint')}
          searchable
          clearable
          data={me.permissions.map((one) => ({ value: one, label: t(wordFor(one), one) }))}
          {...form.bind('permissions')}
        />
        <MultiSelect
          label={t('common:setupSection.clients')}
          description={t('apiKeys.clientsHint')}
          searchable
          clearable
          data={me.clients.map((one) => ({ value: one.id, label: one.name }))}
          {...form.bind('client_ids')}
        />
        <Select
          label={t('apiKeys.expires')}
          description={t('apiKeys.expiresHint')}
          allowDeselect={false}
          data={TERMS.map((one) => ({ value: one, label: t(`apiKeys.term.${one}`) }))}
          value={form.values.term}
          onChange={(term) => term && form.set({ term })}
        />
        {form.values.term === 'own' && (
          <TextInput
            type="date"
            label={t('apiKeys.lastDay')}
            error={form.error('expires_at')}
            value={form.values.day}
            onChange={(event) => form.set({ day: event.currentTarget.value })}
          />
        )}
      </Fields>
    </FormPanel>
  );
}

function KeyPanel({ item }: { item: ApiKey }) {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const names = item.client_ids.map(
    (id) => me.clients.find((client) => client.id === id)?.name ?? id,
  );
  return (
    <LookPanel
      section="api-keys"
      title={item.name}
      lead={<code dir="ltr">{`clk_${item.prefix}…`}</code>}
    >
      <Fields>
        <Labelled label={t('apiKeys.owner')}>
          <bdi>{item.person_name}</bdi>
        </Labelled>
        <Labelled label={t('apiKeys.created')}>
          <When at={item.created_at} style="date" />
        </Labelled>
        <Labelled label={t('apiKeys.lastUsed')}>
          {item.last_used_at ? <When at={item.last_used_at} /> : t('apiKeys.never')}
        </Labelled>
        <Labelled label={t('apiKeys.expires')}>
          {item.expires_at ? <End at={item.expires_at} /> : t('apiKeys.term.never')}
        </Labelled>
        {item.revoked_at && (
          <Labelled label={t('apiKeys.revokedAt')}>
            <When at={item.revoked_at} />
          </Labelled>
        )}
        <Labelled label={t('common:setupSection.clients')}>
          {names.length > 0 ? names.join(', ') : t('apiKeys.allClients')}
        </Labelled>
        <Labelled label={t('apiKeys.permissions')}>
          {item.permissions.length > 0
            ? item.permissions.map((one) => t(wordFor(one), one)).join(', ')
            : t('apiKeys.allPermissions')}
        </Labelled>
      </Fields>
      {!item.revoked_at && (
        <Removal
          kind={KIND}
          section="api-keys"
          item={item}
          name={item.name}
          hint={t('apiKeys.sure')}
          words={{ title: t('apiKeys.revoke'), now: t('apiKeys.revokeNow') }}
          done={t('apiKeys.revoked', { name: item.name })}
        />
      )}
    </LookPanel>
  );
}
