/** Keys with which programs use the API: made here, shown once, revoked here. */
import { MultiSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { ApiKey } from '@/api/types';
import { When } from '@/components/Times';
import { Fields, FormPanel, LookPanel } from '@/features/setup/parts/FormPanel';
import { Labelled } from '@/features/setup/parts/Labelled';
import { MadeOnce, useMadeOnce } from '@/features/setup/parts/MadeOnce';
import { Removal } from '@/features/setup/parts/Removal';
import { Split } from '@/features/setup/parts/Split';

const KIND = 'api-keys';

export function ApiKeys() {
  return (
    <Split<ApiKey>
      section="api-keys"
      kind={KIND}
      lineOf={(one) => ({
        name: one.name,
        detail: `${one.person_name} · clk_${one.prefix}…`,
        words: one.person_name,
        off: one.revoked_at !== null,
      })}
      children={(item) => (item ? <KeyPanel item={item} /> : <NewKey />)}
    />
  );
}

const wordFor = (permission: string) =>
  `permission.${permission.replace('.', '_')}` as 'permission.people_read';

function NewKey() {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const { form, secret } = useMadeOnce<
    { name: string; permissions: string[]; client_ids: string[] },
    { key: ApiKey; secret: string }
  >({
    kind: KIND,
    initial: { name: '', permissions: [], client_ids: [] },
    required: ['name'],
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
