/** By which law, contract or dispute something is kept. */
import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function Reason({ value, onChange }: { value: string; onChange: (reason: string) => void }) {
  const { t } = useTranslation('compliance');
  return (
    <TextInput
      label={t('retention.reason')}
      maxLength={2000}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
