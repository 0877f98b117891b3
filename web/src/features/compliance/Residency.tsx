/** Where each client's data lives, and from which countries people may work for it. */
import { TagsInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useCan } from '@/api/session';
import type { Client } from '@/api/types';
import { Brand } from '@/components/Brand';
import { toastError } from '@/components/errors';
import { useFormat } from '@/components/format';
import { Listing } from '@/components/Listing';
import { Empty } from '@/components/States';
import classes from '@/features/compliance/Compliance.module.css';
import { clientsQuery, renew, residencyQuery } from '@/features/compliance/data';

export function Residency() {
  const { t } = useTranslation('compliance');
  const writes = useCan('organizations.write');
  const change = useMutation({
    mutationFn: ({ one, countries }: { one: Client; countries: string[] }) =>
      http.patch(`/api/clients/${one.id}`, {
        countries: countries.map((each) => each.trim().toUpperCase()),
      }),
    onSuccess: renew,
    onError: toastError,
  });
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
                </div>
                <TagsInput
                  label={t('residency.countries')}
                  placeholder={one.countries.length ? '' : t('residency.everywhere')}
                  disabled={!writes}
                  maxTags={250}
                  value={one.countries}
                  onChange={(countries) => change.mutate({ one, countries })}
                />
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
