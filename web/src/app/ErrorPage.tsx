/** What shows when a page breaks or does not exist. */
import { Button } from '@mantine/core';
import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { errorText } from '@/components/errors';
import { Empty } from '@/components/States';

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <div role="alert" style={{ height: '100%', display: 'grid', placeItems: 'center' }}>
      <Empty title={t('error.title')}>
        <p>{errorText(error)}</p>
        <p>{t('error.kept')}</p>
        <p style={{ marginTop: 16 }}>
          <Button onClick={reset}>{t('action.retry')}</Button>
        </p>
      </Empty>
    </div>
  );
}

export function MissingPage() {
  const { t } = useTranslation();
  return (
    <div style={{ height: '100%', display: 'grid', placeItems: 'center' }}>
      <Empty title={t('error.missingPage')}>
        <p>{t('error.missingPageHint')}</p>
        <p style={{ marginTop: 16 }}>
          <Link to="/">{t('error.home')}</Link>
        </p>
      </Empty>
    </div>
  );
}
