/** Whose people something is about: everyone's, a provider's, or a client's. */
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { Uuid } from '@/api/types';
import { useProviders } from '@/features/setup/parts/pickers';

export interface Owner {
  provider_id: Uuid | null;
  client_id: Uuid | null;
}

const ALL = 'all';
const keyOf = (owner: Owner) =>
  owner.provider_id ? `p:${owner.provider_id}` : owner.client_id ? `c:${owner.client_id}` : ALL;

const ownerOf = (key: string): Owner => ({
  provider_id: key.startsWith('p:') ? key.slice(2) : null,
  client_id: key.startsWith('c:') ? key.slice(2) : null,
});

export function useOwnerName(): (owner: Owner) => string {
  const { t } = useTranslation('setup');
  const me = useMe();
  const providers = useProviders();
  return (owner) =>
    providers.find((one) => one.id === owner.provider_id)?.name ??
    me.clients.find((one) => one.id === owner.client_id)?.name ??
    t('owner.all');
}

export function OwnerPick({
  value,
  onChange,
  disabled,
  error,
}: {
  value: Owner;
  onChange: (owner: Owner) => void;
  disabled: boolean;
  error?: string | undefined;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const providers = useProviders();
  const overAll = me.person.grants.some((one) => one.scope === 'everything');
  const items = (list: readonly { id: Uuid; name: string }[], kind: 'p' | 'c') =>
    list.map((one) => ({ value: `${kind}:${one.id}`, label: one.name }));
  return (
    <Select
      label={t('owner.label')}
      description={t('owner.hint')}
      searchable
      allowDeselect={false}
      disabled={disabled}
      error={error}
      data={[
        ...(overAll ? [{ value: ALL, label: t('owner.all') }] : []),
        { group: t('common:setupSection.providers'), items: items(providers, 'p') },
        { group: t('common:setupSection.clients'), items: items(me.clients, 'c') },
      ]}
      value={keyOf(value)}
      onChange={(key) => key && onChange(ownerOf(key))}
    />
  );
}
