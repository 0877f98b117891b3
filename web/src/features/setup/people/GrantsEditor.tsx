/** What a person may do: roles, each over something, with what that means in words. */
import { ActionIcon, Button, Select } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { RoleGrant, RoleSheet, ScopeKind, Uuid } from '@/api/types';
import { Permissions } from '@/features/setup/parts/Permissions';
import { usePrograms, useProviders } from '@/features/setup/parts/pickers';
import {
  useRoleChoices,
  useRoleName,
  useRolePurpose,
  useRoles,
} from '@/features/setup/parts/roles';
import classes from './GrantsEditor.module.css';

const SCOPES: readonly ScopeKind[] = ['program', 'client', 'provider', 'everything'];

export function GrantsEditor({
  providerId,
  value,
  none,
  onChange,
  error,
}: {
  /** Whose own roles may be given. */
  providerId: Uuid | null;
  value: readonly RoleGrant[];
  /** What it means that there is none. */
  none: string;
  onChange: (value: RoleGrant[]) => void;
  error: (index: number) => string | undefined;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const roles = useRoles();
  const choices = useRoleChoices(providerId);
  const roleName = useRoleName();
  const places = usePlaces();
  const put = (index: number, change: Partial<RoleGrant>) =>
    onChange(value.map((one, at) => (at === index ? { ...one, ...change } : one)));
  return (
    <div role="group" aria-label={t('grants.title')}>
      {value.length === 0 && <p className={classes.none}>{none}</p>}
      <ul className={classes.list}>
        {value.map((grant, index) => (
          <li key={index} className={classes.grant}>
            <div className={classes.row}>
              <Select
                aria-label={t('grants.role')}
                allowDeselect={false}
                data={
                  choices.some((one) => one.value === grant.role)
                    ? choices
                    : [...choices, { value: grant.role, label: roleName(grant.role) }]
                }
                value={grant.role}
                onChange={(role) => role && put(index, { role })}
              />
              <span className={classes.over}>{t('grants.over')}</span>
              <Select
                aria-label={t('grants.scope')}
                allowDeselect={false}
                data={SCOPES.map((scope) => ({ value: scope, label: t(`scope.${scope}`) }))}
                value={grant.scope}
                onChange={(scope) =>
                  put(index, {
                    scope: scope as ScopeKind,
                    scope_id: places[scope as ScopeKind][0]?.value ?? null,
                  })
                }
              />
              {grant.scope !== 'everything' && (
                <Select
                  searchable
                  aria-label={t('grants.which')}
                  allowDeselect={false}
                  data={places[grant.scope]}
                  value={grant.scope_id}
                  onChange={(id) => put(index, { scope_id: id })}
                />
              )}
              <ActionIcon
                aria-label={t('grants.remove', { role: roleName(grant.role) })}
                onClick={() => onChange(value.filter((_, at) => at !== index))}
              >
                <IconX size={14} />
              </ActionIcon>
            </div>
            {error(index) && (
              <p className={classes.error} role="alert">
                {error(index)}
              </p>
            )}
            <Meaning role={roles.find((one) => one.id === grant.role)} />
          </li>
        ))}
      </ul>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() =>
          onChange([
            ...value,
            {
              role: 'agent',
              scope: places.client.length > 0 ? 'client' : 'provider',
              scope_id: (places.client[0] ?? places.provider[0])?.value ?? null,
            },
          ])
        }
      >
        {t('grants.add')}
      </Button>
    </div>
  );
}

function usePlaces(): Record<ScopeKind, { value: string; label: string }[]> {
  const me = useMe();
  const providers = useProviders();
  const programs = usePrograms();
  const nameOf = (clientId: string) =>
    me.clients.find((client) => client.id === clientId)?.name ?? '';
  return {
    everything: [],
    provider: providers.map((one) => ({ value: one.id, label: one.name })),
    client: me.clients.map((one) => ({ value: one.id, label: one.name })),
    program: programs.map((one) => ({
      value: one.id,
      label: `${nameOf(one.client_id)}: ${one.name}`,
    })),
  };
}

/** The role in a sentence, and every single permission behind it. */
function Meaning({ role }: { role: RoleSheet | undefined }) {
  const purpose = useRolePurpose();
  return (
    role && (
      <details className={classes.meaning}>
        <summary>{purpose(role)}</summary>
        <Permissions permissions={role.permissions} />
      </details>
    )
  );
}
