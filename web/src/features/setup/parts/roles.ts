/** Roles by name: the built-in ones in the reader's language, own ones as their provider calls them. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { BuiltInRole, RoleSheet, Uuid } from '@/api/types';
import { byArea } from '@/features/setup/parts/areas';
import { allOf } from '@/features/setup/parts/collection';

export const useRoles = () => useQuery(allOf<RoleSheet>('roles')).data ?? [];

type Nameable = Pick<RoleSheet, 'id' | 'name'>;

/** What a role is called; `name` is null for a built-in one. */
export function useRoleTitle(): (role: Nameable) => string {
  const { t } = useTranslation('setup');
  return ({ id, name }) => name ?? t(`role.${id as BuiltInRole}`);
}

/** What a role is called, of what grants name. */
export function useRoleName(): (role: string) => string {
  const { t } = useTranslation('setup');
  const title = useRoleTitle();
  const roles = useRoles();
  return (role) => {
    const found = roles.find((one) => one.id === role);
    return found ? title(found) : t(`role.${role as BuiltInRole}`, t('roles.unknown'));
  };
}

/** What a role is for, in a sentence. */
export function useRolePurpose(): (role: RoleSheet) => string {
  const { t } = useTranslation('setup');
  return ({ id, name, purpose }) =>
    name ? purpose || t('roles.noPurpose') : t(`roleMeans.${id as BuiltInRole}`);
}

/** Roles to choose among: the built-in ones, and the own ones of one provider. */
export function useRoleChoices(providerId: Uuid | null): { value: string; label: string }[] {
  const title = useRoleTitle();
  return useRoles()
    .filter((one) => one.provider_id === null || one.provider_id === providerId)
    .map((one) => ({ value: one.id, label: title(one) }));
}

/** What a permission allows, in words. */
export function usePermissionName(): (permission: string) => string {
  const { t } = useTranslation('setup');
  return (permission) =>
    t(`permission.${permission.replace('.', '_')}` as 'permission.people_read', permission);
}

/** Every permission that there is, to choose among: an administrator holds them all. */
export const useEveryPermission = () =>
  useRoles().find((one) => one.id === 'admin')?.permissions ?? [];

/** Every permission by area, for a field to choose one of. */
export function usePermissionChoices() {
  const { t } = useTranslation('setup');
  const nameOf = usePermissionName();
  return byArea(useEveryPermission()).map(({ id, permissions }) => ({
    group: t(`permissionArea.${id}`),
    items: permissions.map((one) => ({ value: one, label: nameOf(one) })),
  }));
}
