/** What someone sees: their clients, and how the lists begin for them. Nothing can be changed here. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import type { PersonAccess, PersonView } from '@/api/types';
import { BrandMark } from '@/components/Brand';
import { Failed, RowSkeletons } from '@/components/States';
import classes from './Access.module.css';

export function Sight({ person }: { person: PersonAccess }) {
  const { t } = useTranslation('setup');
  const query = useQuery({
    queryKey: ['setup', 'view', person.id],
    queryFn: ({ signal }) => http.get<PersonView>(`/api/people/${person.id}/view`, {}, signal),
  });
  if (query.isPending) return <RowSkeletons count={4} />;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  const { clients, lists } = query.data;
  return (
    <dl className={classes.sight}>
      <div>
        <dt>{t('access.list.clients')}</dt>
        <dd>
          {clients.length === 0 ? (
            <span className={classes.quiet}>{t('access.none')}</span>
          ) : (
            <ul className={classes.brands}>
              {clients.map((one) => (
                <li key={one.id}>
                  <BrandMark color={one.color} name={one.name} />
                  <bdi>{one.name}</bdi>
                </li>
              ))}
            </ul>
          )}
        </dd>
      </div>
      {lists.map(({ name, items, more }) => (
        <div key={name}>
          <dt>{t(`access.list.${name}` as 'access.list.queues', name)}</dt>
          <dd>
            {items === null ? (
              <span className={classes.quiet}>{t('access.closed')}</span>
            ) : items.length === 0 ? (
              <span className={classes.quiet}>{t('access.none')}</span>
            ) : (
              <ul>
                {items.map((one, at) => (
                  <li key={at} dir="auto">
                    {one}
                  </li>
                ))}
                {more && <li className={classes.quiet}>{t('access.more')}</li>}
              </ul>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
