/** The place of the compliance officer: what is due, requests, retention and holds, incidents, emergency access, residency, keys. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { realtime } from '@/api/realtime';
import { useFormat } from '@/components/format';
import { useTitle } from '@/components/title';
import classes from '@/features/compliance/Compliance.module.css';
import { glassPages, overdueQuery, renew } from '@/features/compliance/data';
import { Deadlines } from '@/features/compliance/Deadlines';
import { Glasses } from '@/features/compliance/Glasses';
import { Incidents } from '@/features/compliance/Incidents';
import { Keys } from '@/features/compliance/Keys';
import { Requests } from '@/features/compliance/Requests';
import { Residency } from '@/features/compliance/Residency';
import { Retention } from '@/features/compliance/Retention';
import { SECTIONS, type SectionId } from '@/features/compliance/sections';

const PARTS: Record<SectionId, ComponentType> = {
  deadlines: Deadlines,
  requests: Requests,
  retention: Retention,
  incidents: Incidents,
  'break-glass': Glasses,
  residency: Residency,
  keys: Keys,
};

/** How many emergency accesses wait for their review. */
function Unreviewed() {
  const { t } = useTranslation('compliance');
  const first = useInfiniteQuery(glassPages(true)).data?.pages[0];
  return (
    first && (
      <Count
        count={first.items.length}
        more={first.next !== null}
        title={t('glass.toReview')}
        standing="open"
      />
    )
  );
}

/** How much is overdue. */
function Overdue() {
  const { t } = useTranslation('compliance');
  const { data } = useQuery(overdueQuery);
  return data && <Count {...data} title={t('deadlines.overdue')} standing="questioned" />;
}

function Count({
  count,
  more,
  title,
  standing,
}: {
  count: number;
  more: boolean;
  title: string;
  standing: string;
}) {
  const format = useFormat();
  const words = format.number(count);
  return (
    count > 0 && (
      <span className={classes.standing} data-standing={standing} title={title}>
        {more ? `${words}+` : words}
      </span>
    )
  );
}

export function CompliancePage() {
  const { t } = useTranslation(['compliance', 'common']);
  const { section }: { section?: string } = useParams({ strict: false });
  const chosen = SECTIONS.find((one) => one === section) ?? 'deadlines';
  const Part = PARTS[chosen];
  useTitle(t('title'));
  useEffect(
    () =>
      realtime.on('event', (event) => {
        if ('needs' in event.data) void renew();
      }),
    [],
  );
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1>{t('title')}</h1>
        <nav className={classes.tabs} aria-label={t('sections')}>
          {SECTIONS.map((one) => (
            <Link
              key={one}
              to="/compliance/$section"
              params={{ section: one }}
              aria-current={one === chosen ? 'page' : undefined}
            >
              {t(`common:complianceSection.${one}`)}
              {one === 'deadlines' && <Overdue />}
              {one === 'break-glass' && <Unreviewed />}
            </Link>
          ))}
        </nav>
      </header>
      <div className={classes.body}>
        <Part />
      </div>
    </div>
  );
}
