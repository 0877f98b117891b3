/** The entry of this place; its sections come from the address. */
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/Page';

export function LivePage() {
  const { t } = useTranslation('live');
  return <Page title={t('title')} children={null} />;
}
