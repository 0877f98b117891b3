/** Roles: the built-in ones to look at and copy, a provider's own ones to make and change. */
import { Button, Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { RoleSheet } from '@/api/types';
import { Loaded } from '@/components/Loaded';
import { allOf, formOf } from '@/features/setup/parts/collection';
import { Fields, FormPanel, LookPanel, Row } from '@/features/setup/parts/FormPanel';
import { Permissions } from '@/features/setup/parts/Permissions';
import { ProviderPick, useProviders } from '@/features/setup/parts/pickers';
import { rebased, rebasedList } from '@/features/setup/parts/rebase';
import { Removal } from '@/features/setup/parts/Removal';
import {
  useEveryPermission,
  usePermissionName,
  useRoleChoices,
  useRolePurpose,
  useRoleTitle,
} from '@/features/setup/parts/roles';
import { useSave } from '@/features/setup/parts/saved';
import { Split } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';
import classes from './Roles.module.css';

const KIND = 'roles';

export function Roles() {
  const { t } = useTranslation('setup');
  const title = useRoleTitle();
  const providers = useProviders();
  return (
    <Split<RoleSheet>
      section="roles"
      kind={KIND}
      lineOf={(one) => ({
        name: title(one),
        detail:
          providers.find((provider) => provider.id === one.provider_id)?.name ?? t('roles.builtIn'),
        side: t('roles.count', { count: one.permissions.length }),
      })}
      children={(item) =>
        item?.provider_id === null ? <BuiltIn role={item} /> : <OwnRole item={item} />
      }
    />
  );
}

function BuiltIn({ role }: { role: RoleSheet }) {
  const { t } = useTranslation('setup');
  const title = useRoleTitle();
  const purpose = useRolePurpose();
  return (
    <LookPanel
      section="roles"
      title={title(role)}
      lead={purpose(role)}
      actions={<Copy role={role} />}
    >
      <Fields title={t('roles.permissions')} hint={t('roles.builtInHint')}>
        <Permissions permissions={role.permissions} />
      </Fields>
    </LookPanel>
  );
}

function Copy({ role }: { role: RoleSheet }) {
  const { t } = useTranslation('setup');
  const navigate = useNavigate();
  return (
    <Button
      variant="default"
      size="compact-sm"
      leftSection={<IconCopy size={14} aria-hidden />}
      onClick={() =>
        void navigate({
          to: '/setup/$section/$itemId',
          params: { section: 'roles', itemId: 'new' },
          search: { copy: role.id },
        })
      }
    >
      {t('roles.copy')}
    </Button>
  );
}

/**
 * The form of an own role; a new one begins as the role that the address says to copy. It is shown once the roles are
 * here: they say which permissions there are, and a field must not move while somebody reaches for it.
 */
function OwnRole({ item }: { item: RoleSheet | null }) {
  const search: Record<string, string> = useSearch({ strict: false });
  return (
    <Loaded query={useQuery(allOf<RoleSheet>(KIND))} skeletons={{ count: 7, height: 72 }}>
      {(roles) => {
        const source = item ? null : (roles.find((one) => one.id === search.copy) ?? null);
        return <RoleForm key={search.copy} item={item} source={source} />;
      }}
    </Loaded>
  );
}

function RoleForm({ item, source }: { item: RoleSheet | null; source: RoleSheet | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const title = useRoleTitle();
  const save = useSave<RoleSheet>(KIND, 'roles', item);
  /** What is edited of a role; of its version only that it goes along. */
  const shown = (role: RoleSheet | null) => ({
    provider_id: role ? role.provider_id : (source?.provider_id ?? me.person.provider_id),
    name: role?.name ?? (source ? t('roles.copyOf', { name: title(source) }) : ''),
    purpose: (role ?? source)?.purpose ?? '',
    permissions: (role ?? source)?.permissions ?? [],
    version: role?.version ?? 0,
  });
  const form = useForm({
    ...formOf(KIND, item, shown),
    fixed: ['provider_id'],
    merge: (before, mine, theirs) => ({
      ...rebased(before, mine, theirs),
      permissions: rebasedList(
        before.permissions,
        mine.permissions,
        theirs.permissions,
        (one) => one,
      ).sort(),
    }),
    required: ['provider_id', 'name', 'permissions'],
    save: async (values, before) => {
      const { provider_id, version, ...rest } = values;
      // The version goes along with every change, so it must differ from what was there before.
      if (item)
        return shown(await save({ ...rest, version }, { ...before, version: 0 }, rest.name));
      return shown(await save({ provider_id, ...rest }, {}, rest.name));
    },
  });
  return (
    <FormPanel
      form={form}
      section="roles"
      title={item ? title(item) : t('common:setupNew.roles')}
      lead={t('roles.lead')}
      actions={item && <Copy role={item} />}
    >
      <Fields>
        <Row>
          <TextInput label={t('field.name')} autoComplete="off" {...form.text('name')} />
          <ProviderPick
            label={t('field.provider')}
            disabled={Boolean(item)}
            {...form.bind('provider_id')}
          />
        </Row>
        <Textarea
          label={t('roles.purpose')}
          description={t('roles.purposeHint')}
          autosize
          maxLength={300}
          {...form.text('purpose')}
        />
      </Fields>
      <Fields title={t('roles.permissions')} hint={t('roles.permissionsHint')}>
        <PermissionChecks {...form.bind('permissions')} />
      </Fields>
      {item && <RoleRemoval item={item} />}
    </FormPanel>
  );
}

function PermissionChecks({
  value,
  onChange,
  error,
}: {
  value: string[];
  onChange: (value: string[]) => void;
  error: string | undefined;
}) {
  const { t } = useTranslation('setup');
  const me = useMe();
  const nameOf = usePermissionName();
  const all = useEveryPermission();
  return (
    <Checkbox.Group
      aria-label={t('roles.permissions')}
      value={value}
      onChange={(chosen) => onChange([...chosen].sort())}
      error={error}
    >
      <Permissions permissions={all}>
        {(some) => (
          <div className={classes.checks}>
            {some.map((one) => (
              <Checkbox
                key={one}
                value={one}
                label={nameOf(one)}
                disabled={!me.permissions.includes(one) && !value.includes(one)}
              />
            ))}
          </div>
        )}
      </Permissions>
    </Checkbox.Group>
  );
}

function RoleRemoval({ item }: { item: RoleSheet }) {
  const { t } = useTranslation('setup');
  const [replacement, setReplacement] = useState<string | null>(null);
  const others = useRoleChoices(item.provider_id).filter((one) => one.value !== item.id);
  return (
    <Removal
      kind={KIND}
      section="roles"
      item={item}
      name={item.name ?? ''}
      hint={t('roles.removalHint')}
      query={replacement ? { replacement } : {}}
    >
      <Select
        clearable
        label={t('roles.replacement')}
        description={t('roles.replacementHint')}
        data={others}
        value={replacement}
        onChange={setReplacement}
      />
    </Removal>
  );
}
