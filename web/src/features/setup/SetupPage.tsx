/** The entry of this place; its sections come from the address. */
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/Page';

export function SetupPage() {
  const { t } = useTranslation('setup');
  return <Page title={t('title')} children={null} />;
}
