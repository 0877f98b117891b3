/** Groups that directories made, and what their members may do here. */
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { http } from '@/api/http';
import type { RoleGrant, ScimGroup } from '@/api/types';
import { showToast } from '@/components/toasts';
import { itemOf, readAgain, refresh } from '@/features/setup/parts/collection';
import { Fields, FormPanel } from '@/features/setup/parts/FormPanel';
import { useRoleName } from '@/features/setup/parts/roles';
import { Split } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';
import { GrantsEditor } from '@/features/setup/people/GrantsEditor';

const KIND = 'scim-groups';

export function DirectoryGroups() {
  const { t } = useTranslation('setup');
  const roleName = useRoleName();
  return (
    <Split<ScimGroup>
      section="directory-groups"
      kind={KIND}
      makes={false}
      lineOf={(one) => ({
        name: one.name,
        detail:
          [...new Set(one.grants.map((grant) => roleName(grant.role)))].join(', ') ||
          t('directoryGroups.nothing'),
      })}
      children={(item) => item && <GroupForm item={item} />}
    />
  );
}

function GroupForm({ item }: { item: ScimGroup }) {
  const { t } = useTranslation('setup');
  const form = useForm<{ grants: RoleGrant[] }>({
    initial: { grants: item.grants },
    again: async () => ({ grants: (await readAgain<ScimGroup>(KIND, item)).grants }),
    save: async (values) => {
      const kept = await http.put<ScimGroup>(`/api/${KIND}/${item.id}/grants`, values);
      queryClient.setQueryData(itemOf<ScimGroup>(KIND, item.id).queryKey, kept);
      refresh(KIND);
      showToast({ tone: 'good', text: t('form.saved', { name: item.name }) }, 3);
      return { grants: kept.grants };
    },
  });
  return (
    <FormPanel
      form={form}
      section="directory-groups"
      title={item.name}
      lead={t('directoryGroups.lead')}
    >
      <Fields title={t('directoryGroups.gives')} hint={t('directoryGroups.givesHint')}>
        <GrantsEditor
          providerId={item.provider_id}
          value={form.values.grants}
          none={t('directoryGroups.none')}
          onChange={(grants) => form.set({ grants })}
          error={(index) =>
            form.error(`grants/${index}`) ?? (index === 0 ? form.error('grants') : undefined)
          }
        />
      </Fields>
    </FormPanel>
  );
}
