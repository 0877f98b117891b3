/** The address at which people come back from another server; it is registered there. */
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import { CopyBox } from '@/features/setup/parts/CopyBox';
import { Labelled } from '@/features/setup/parts/Labelled';

export function CallbackAddress({ path }: { path: string }) {
  const { t } = useTranslation('setup');
  const { base_url } = useMe();
  return (
    <Labelled label={t('callback.label')} description={t('callback.hint')}>
      <CopyBox label={t('callback.label')} text={`${base_url}${path}`} />
    </Labelled>
  );
}
