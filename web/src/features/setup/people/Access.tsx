/** Who may do what, where and why; and what someone sees. */
import { Select } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { PersonAccess } from '@/api/types';
import { Avatar } from '@/components/Avatar';
import { Grants } from '@/features/setup/people/AccessGrants';
import { Question } from '@/features/setup/people/AccessQuestion';
import { Sight } from '@/features/setup/people/AccessSight';
import { Fields, LookPanel } from '@/features/setup/parts/FormPanel';
import { useOwnerName } from '@/features/setup/parts/OwnerPick';
import { usePermissionChoices, useRoleTitle } from '@/features/setup/parts/roles';
import { Split } from '@/features/setup/parts/Split';

export function Access() {
  const { t } = useTranslation('setup');
  const title = useRoleTitle();
  const { permission }: { permission?: string } = useSearch({ strict: false });
  return (
    <Split<PersonAccess>
      section="access"
      kind="access"
      byClient
      serverSearch
      makes={false}
      narrowed={{
        by: permission ? { permission } : {},
        fields: <PermissionFilter />,
      }}
      lineOf={(one) => ({
        name: one.name,
        detail:
          [
            ...new Set(one.grants.map((grant) => title({ id: grant.role, name: grant.role_name }))),
          ].join(', ') || t('people.noRole'),
        mark: <Avatar name={one.name} />,
        off: !one.active,
      })}
      children={(item) => item && <Known person={item} />}
    />
  );
}

function PermissionFilter() {
  const { t } = useTranslation('setup');
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  const navigate = useNavigate();
  return (
    <Select
      size="xs"
      clearable
      searchable
      aria-label={t('access.permission')}
      placeholder={t('access.anyPermission')}
      data={usePermissionChoices()}
      value={search.permission ?? null}
      onChange={(permission) =>
        void navigate({
          to: '.',
          search: { ...search, permission: permission ?? undefined },
          replace: true,
        })
      }
    />
  );
}

function Known({ person }: { person: PersonAccess }) {
  const { t } = useTranslation('setup');
  const ownerName = useOwnerName();
  const works = person.provider_id ?? person.client_id;
  return (
    <LookPanel
      section="access"
      title={person.name}
      lead={
        <>
          <span dir="auto">{works ? ownerName(person) : t('access.noEmployer')}</span>
          {!person.active && <span>{t('access.inactive')}</span>}
        </>
      }
    >
      <Fields title={t('access.may')} hint={t('access.mayHint')}>
        <Grants grants={person.grants} />
      </Fields>
      <Fields title={t('access.question')} hint={t('access.questionHint')}>
        <Question person={person} />
      </Fields>
      <Fields title={t('access.sees', { name: person.name })} hint={t('access.seesHint')}>
        <Sight person={person} />
      </Fields>
    </LookPanel>
  );
}
