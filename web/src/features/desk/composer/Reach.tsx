/** Says while one writes that a mail would not be sent, and why. */
import { IconMailOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import type { Conversation, MailRoute } from '@/api/types';
import classes from './Composer.module.css';

export function Reach({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['mail-route', row.id, row.last_seq],
    queryFn: ({ signal }) =>
      http.get<MailRoute>(`/api/conversations/${row.id}/mail-route`, {}, signal),
    enabled: row.channel === 'email',
    retry: false,
    staleTime: 30_000,
  });
  if (!data?.suppressed) return null;
  const { address, reason } = data.suppressed;
  return (
    <p className={classes.reach} role="status">
      <IconMailOff size={16} aria-hidden />
      <span>
        {t(`suppressed.${reason}`, { address })} {t('suppressed.hint')}
      </span>
    </p>
  );
}
