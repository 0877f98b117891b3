/** Everyone who signs in, and the panel in which one is made or changed. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { profileQuery } from '@/api/routing';
import { useCan } from '@/api/session';
import type { Person, RoleSheet } from '@/api/types';
import { Avatar } from '@/components/Avatar';
import { Failed, RowSkeletons } from '@/components/States';
import { allOf } from '@/features/setup/parts/collection';
import { PersonForm } from '@/features/setup/people/PersonForm';
import { useRoleName } from '@/features/setup/parts/roles';
import { Split } from '@/features/setup/parts/Split';

export function People() {
  const { t } = useTranslation(['setup', 'common']);
  const roleName = useRoleName();
  return (
    <Split<Person>
      section="people"
      kind="people"
      byClient
      serverSearch
      lineOf={(one) => ({
        name: one.name,
        detail:
          [...new Set(one.grants.map((grant) => roleName(grant.role)))].join(', ') ||
          t('people.noRole'),
        mark: <Avatar name={one.name} />,
        off: !one.active,
      })}
      children={(item) => <PersonPanel person={item} />}
    />
  );
}

/** The form, once all is here that it is made of: a field must not move while somebody reaches for it. */
function PersonPanel({ person }: { person: Person | null }) {
  const reads = useCan('queues.read') && person !== null;
  const roles = useQuery(allOf<RoleSheet>('roles'));
  const query = useQuery({ ...profileQuery(person?.id ?? ''), enabled: reads, retry: false });
  if (roles.isPending || (reads && query.isPending)) return <RowSkeletons count={7} height={72} />;
  if (query.isError && !query.data) {
    return <Failed error={query.error} retry={() => void query.refetch()} />;
  }
  return <PersonForm item={person} profile={query.data ?? null} />;
}
