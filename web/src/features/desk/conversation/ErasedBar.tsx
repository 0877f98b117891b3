/** Over a contact whose words were erased: that they were, when, and what becomes of a new message. */
import { IconEraser } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { When } from '@/components/Times';
import { Bar } from '@/features/desk/conversation/Bar';

export function ErasedBar({ at }: { at: string }) {
  const { t } = useTranslation();
  return (
    <Bar
      label={t('erased.title')}
      icon={<IconEraser size={18} aria-hidden />}
      text={
        <>
          <strong>{t('erased.title')}</strong> (<When at={at} style="date" />
          ). {t('erased.hint')}
        </>
      }
    />
  );
}
