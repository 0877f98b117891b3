/** What the registers' forms and rows share: a change that renews what is shown, and the choice of a client. */
import { Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { Uuid } from '@/api/types';
import { toastError } from '@/components/errors';
import { renew } from '@/features/compliance/data';

/** A change: afterwards `done` is called and what is shown is read anew. What went wrong is said by `failed`. */
export function useDeed<T = void>(
  run: (given: T) => Promise<unknown>,
  done?: () => void,
  failed: (error: unknown) => void = toastError,
) {
  return useMutation({
    mutationFn: run,
    onSuccess: () => {
      done?.();
      return renew();
    },
    onError: failed,
  });
}

export function ClientSelect({
  value,
  onChange,
}: {
  value: Uuid | null;
  onChange: (client: Uuid) => void;
}) {
  const { t } = useTranslation('compliance');
  const me = useMe();
  return (
    <Select
      label={t('client')}
      value={value}
      allowDeselect={false}
      onChange={(chosen) => chosen && onChange(chosen)}
      data={me.clients.map((one) => ({ value: one.id, label: one.name }))}
    />
  );
}
