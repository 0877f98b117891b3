/** A moment that has passed, to the minute, on the reader's clock. */
import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Instant } from '@/api/types';
import { useNow } from '@/components/clock';
import { hereZone } from '@/components/ZonePick';

/** A moment as the field writes it. */
export function wallClock(at: number): string {
  const offset = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offset).toISOString().slice(0, 16);
}

export function MomentField({
  label,
  hint = '',
  value,
  onChange,
}: {
  label: string;
  hint?: string;
  value: Instant | null;
  onChange: (at: Instant | null) => void;
}) {
  const { t } = useTranslation('compliance');
  return (
    <TextInput
      type="datetime-local"
      label={label}
      description={`${hint} ${t('yourZone', { zone: hereZone() })}`.trim()}
      min="2000-01-02T00:00"
      max={wallClock(useNow(15))}
      value={value ? wallClock(Date.parse(value)) : ''}
      onChange={(event) => {
        const at = Date.parse(event.currentTarget.value);
        onChange(Number.isNaN(at) ? null : new Date(at).toISOString());
      }}
    />
  );
}
