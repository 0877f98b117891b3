/** The place of the compliance officer: requests, retention and holds, incidents, residency, keys. */
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { realtime } from '@/api/realtime';
import { useTitle } from '@/components/title';
import classes from '@/features/compliance/Compliance.module.css';
import { renew } from '@/features/compliance/data';
import { Incidents } from '@/features/compliance/Incidents';
import { Keys } from '@/features/compliance/Keys';
import { Requests } from '@/features/compliance/Requests';
import { Residency } from '@/features/compliance/Residency';
import { Retention } from '@/features/compliance/Retention';

const SECTIONS = ['requests', 'retention', 'incidents', 'residency', 'keys'] as const;
const PARTS: Record<(typeof SECTIONS)[number], ComponentType> = {
  requests: Requests,
  retention: Retention,
  incidents: Incidents,
  residency: Residency,
  keys: Keys,
};

export function CompliancePage() {
  const { t } = useTranslation('compliance');
  const { section }: { section?: string } = useParams({ strict: false });
  const chosen = SECTIONS.find((one) => one === section) ?? 'requests';
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
              {t(`section.${one}`)}
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
