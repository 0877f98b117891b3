/** What purges took, with the proof of each: by which rule, how much of what, what was spared and what was left. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Uuid } from '@/api/types';
import { useFormat } from '@/components/format';
import { itemsOf, Listing } from '@/components/Listing';
import { When } from '@/components/Times';
import classes from '@/features/compliance/Compliance.module.css';
import { purgesQuery, type Purge } from '@/features/compliance/data';
import { Item, useSeeking, useSought } from '@/features/compliance/Sought';

export function Purges({ client }: { client: Uuid }) {
  const { t } = useTranslation('compliance');
  const query = useSeeking(
    useInfiniteQuery(purgesQuery(client)),
    useSought().item,
    (one: Purge) => one.id,
  );
  if (itemsOf(query).length === 0) return null;
  return (
    <section>
      <div className={classes.bar}>
        <h2>{t('purges.title')}</h2>
      </div>
      <Listing query={query}>
        {(purges) => (
          <ul className={classes.list} aria-label={t('purges.title')}>
            {purges.map((one) => (
              <Item key={one.id} id={one.id}>
                <div className={classes.what}>
                  <strong>{t(`class.${one.data_class}`)}</strong>
                </div>
                <span className={classes.when}>{t('purges.items', { count: one.items })}</span>
                <span className={classes.when} data-late={(one.left_over ?? 0) > 0}>
                  {one.left_over === null
                    ? t('purges.running')
                    : t('purges.left', { count: one.left_over })}
                </span>
                <span className={classes.when}>
                  <When at={one.started_at} />
                </span>
                <Proof one={one} />
              </Item>
            ))}
          </ul>
        )}
      </Listing>
    </section>
  );
}

function Proof({ one }: { one: Purge }) {
  const { t } = useTranslation('compliance');
  const format = useFormat();
  const rows = Object.entries(one.counts);
  return (
    <details className={classes.draft}>
      <summary>{t('purges.proof')}</summary>
      <dl className={classes.facts}>
        <Fact name={t('purges.rule')}>
          <Rule words={one.rule} />
        </Fact>
        <Fact name={t('purges.before')}>{format.exact(one.before)}</Fact>
        {one.oldest && one.newest && (
          <Fact name={t('purges.span')}>
            {format.exact(one.oldest)} – {format.exact(one.newest)}
          </Fact>
        )}
        {rows.length > 0 && (
          <Fact name={t('purges.rows')}>
            <bdi>{rows.map(([table, count]) => `${table} ${format.number(count)}`).join(', ')}</bdi>
          </Fact>
        )}
        <Fact name={t('purges.spared')}>{format.number(one.spared)}</Fact>
        {one.finished_at && (
          <Fact name={t('purges.finished')}>{format.exact(one.finished_at)}</Fact>
        )}
        {one.digest && (
          <Fact name={t('purges.digest')}>
            <bdi>{one.digest}</bdi>
          </Fact>
        )}
      </dl>
    </details>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A rule of retention in the reader's words; what else a purge went by as it was written. */
function Rule({ words }: { words: string }) {
  const { t } = useTranslation('compliance');
  const [, source, version, days] = /^(client|region) (\d+): (\d+) days$/.exec(words) ?? [];
  if (source === undefined) return <bdi>{words}</bdi>;
  return (
    <>
      {t(`source.${source as 'client' | 'region'}`)}
      {source === 'client' && `, ${t('purges.version', { count: Number(version) })}`} ·{' '}
      {t('retention.days', { count: Number(days) })}
    </>
  );
}
