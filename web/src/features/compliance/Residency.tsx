/** Where each client's data lives, and from which countries people may work for it. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/api/session';
import { Brand } from '@/components/Brand';
import { useFormat } from '@/components/format';
import { Listing } from '@/components/Listing';
import { Empty } from '@/components/States';
import classes from '@/features/compliance/Compliance.module.css';
import { clientsQuery, residencyQuery } from '@/features/compliance/data';

export function Residency() {
  const { t } = useTranslation(['compliance', 'common']);
  const format = useFormat();
  const writes = useCan('organizations.write');
  return (
    <Listing
      query={useInfiniteQuery(clientsQuery)}
      nameOf={(one) => one.name}
      none={<Empty title={t('retention.noClient')}>{t('residency.lead')}</Empty>}
    >
      {(clients) => (
        <>
          <div className={classes.bar}>
            <p>{t('residency.lead')}</p>
          </div>
          <Here />
          <ul className={classes.list}>
            {clients.map((one) => (
              <li key={one.id}>
                <div className={classes.what}>
                  <Brand clientId={one.id} />
                  <span>{t('residency.region', { region: one.region })}</span>
                  <span>
                    {t('residency.countries', {
                      countries:
                        one.countries.length > 0
                          ? format.list(one.countries.map(format.country))
                          : t('residency.everywhere'),
                    })}
                  </span>
                </div>
                {writes && (
                  <div className={classes.acts}>
                    <Link
                      to="/setup/$section/$itemId"
                      params={{ section: 'clients', itemId: one.id }}
                      search={{}}
                    >
                      {t('common:action.edit')}
                      <span className="visually-hidden">: {one.name}</span>
                    </Link>
                  </div>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </Listing>
  );
}

/** What the operator declared of this installation: whatever does not fit is refused. */
function Here() {
  const { t } = useTranslation('compliance');
  const format = useFormat();
  const { data: here } = useQuery(residencyQuery);
  if (!here) return null;
  const unsaid = t(here.regions.length > 0 ? 'residency.refused' : 'residency.unsaid');
  const regions = here.regions.length > 0 ? format.list(here.regions) : t('residency.every');
  return (
    <dl className={classes.facts}>
      <div>
        <dt>{t('residency.here')}</dt>
        <dd>{regions}</dd>
      </div>
      <div>
        <dt>{t('residency.files')}</dt>
        <dd>{here.files_region ?? unsaid}</dd>
      </div>
      <div>
        <dt>{t('residency.relay')}</dt>
        <dd>{here.relay_region ?? unsaid}</dd>
      </div>
    </dl>
  );
}
