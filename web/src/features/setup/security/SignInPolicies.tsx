/** What is asked of people when they sign in: password length, second factor. */
import { MultiSelect, NumberInput, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { http } from '@/api/http';
import { useMe } from '@/api/session';
import type { SignInPolicy } from '@/api/types';
import { showToast } from '@/components/toasts';
import { formOf, itemOf, refresh } from '@/features/setup/parts/collection';
import { Fields, FormPanel } from '@/features/setup/parts/FormPanel';
import { OwnerPick, useOwnerName } from '@/features/setup/parts/OwnerPick';
import { useRoleChoices } from '@/features/setup/parts/roles';
import { useMade } from '@/features/setup/parts/saved';
import { Split } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';

const KIND = 'sign-in-policies';

export function SignInPolicies() {
  const { t } = useTranslation('setup');
  const nameOf = useOwnerName();
  return (
    <Split<SignInPolicy>
      section="sign-in"
      kind={KIND}
      lineOf={(one) => ({
        name: nameOf(one),
        detail: t(
          one.second_factor_for_all
            ? 'policy.forAll'
            : one.second_factor_roles.length > 0
              ? 'policy.forRoles'
              : 'policy.forNobody',
        ),
      })}
      children={(item) => <PolicyForm item={item} />}
    />
  );
}

function PolicyForm({ item }: { item: SignInPolicy | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const goOn = useMade('sign-in');
  const nameOf = useOwnerName();
  const overAll = me.person.grants.some((one) => one.scope === 'everything');
  const shown = (one: SignInPolicy | null): Omit<SignInPolicy, 'id'> => ({
    provider_id: one ? one.provider_id : overAll ? null : me.person.provider_id,
    client_id: one ? one.client_id : null,
    password_length: one?.password_length ?? 12,
    second_factor_for_all: one?.second_factor_for_all ?? false,
    second_factor_roles: one?.second_factor_roles ?? [],
  });
  const form = useForm<Omit<SignInPolicy, 'id'>>({
    ...formOf(KIND, item, shown),
    fixed: ['provider_id', 'client_id'],
    save: async (values) => {
      const kept = await http.put<SignInPolicy>(`/api/${KIND}`, values);
      queryClient.setQueryData(itemOf<SignInPolicy>(KIND, kept.id).queryKey, kept);
      refresh(KIND);
      showToast({ tone: 'good', text: t('form.saved', { name: nameOf(kept) }) }, 3);
      if (!item) await goOn(kept.id);
      return shown(kept);
    },
  });
  const { values } = form;
  const roles = useRoleChoices(values.provider_id);
  return (
    <FormPanel
      form={form}
      section="sign-in"
      title={item ? nameOf(item) : t('common:setupNew.sign-in')}
      lead={t('policy.lead')}
    >
      <Fields>
        <OwnerPick
          value={values}
          disabled={Boolean(item)}
          onChange={form.set}
          error={form.error('client_id')}
        />
        <NumberInput
          label={t('policy.length')}
          description={t('policy.lengthHint')}
          min={10}
          max={64}
          allowDecimal={false}
          value={values.password_length}
          onChange={(value) => form.set({ password_length: Number(value) })}
          error={form.error('password_length')}
        />
      </Fields>
      <Fields title={t('policy.secondFactor')} hint={t('policy.secondFactorHint')}>
        <Switch label={t('policy.everyone')} {...form.check('second_factor_for_all')} />
        {!values.second_factor_for_all && (
          <MultiSelect
            label={t('policy.roles')}
            description={t('policy.rolesHint')}
            data={roles}
            {...form.bind('second_factor_roles')}
          />
        )}
      </Fields>
    </FormPanel>
  );
}
