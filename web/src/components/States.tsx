/** What shows when there is nothing, not yet, or not at all. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/http';
import { errorText } from '@/components/errors';
import classes from './States.module.css';

/** An empty place that teaches: what belongs here and how it gets here. */
export function Empty({
  icon,
  title,
  children,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
}) {
  return (
    <div className={classes.empty}>
      {icon && <div className={classes.icon}>{icon}</div>}
      <h2>{title}</h2>
      {children && <div className={classes.words}>{children}</div>}
    </div>
  );
}

/** What went wrong, and a way to try again where that may help: what is not permitted stays so. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.empty} role="alert">
      <h2>{t('error.title')}</h2>
      <div className={classes.words}>{errorText(error)}</div>
      {retry && !(error instanceof ApiError && error.status === 403) && (
        <Button variant="default" onClick={retry}>
          {t('action.retry')}
        </Button>
      )}
    </div>
  );
}

/** The shape of rows to come. */
export function RowSkeletons({ count = 6, height = 64 }: { count?: number; height?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('state.loading')}>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className={classes.row} style={{ height }}>
          <div className={classes.bar} style={{ width: `${38 + ((index * 17) % 30)}%` }} />
          <div className={classes.bar} style={{ width: `${60 + ((index * 23) % 35)}%` }} />
        </div>
      ))}
    </div>
  );
}
