/** Deadlines of incidents are told on every page to those who may do what is due, and stay until dismissed. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { realtime } from '@/api/realtime';
import { useCan, useMe } from '@/api/session';
import { useFormat } from '@/components/format';
import { showToast } from '@/components/toasts';

export function useDeadlineAlerts(): void {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const { clients } = useMe();
  const writes = useCan('compliance.write');
  useEffect(
    () =>
      realtime.on('event', (event) => {
        if (!writes || event.type !== 'incident_deadline_near') return;
        const { incident_id, duty_id, due_at, overdue } = event.data;
        const client = clients.find((one) => one.id === event.client_id)?.name ?? '';
        const told = { client, time: format.exact(due_at) };
        const look = () =>
          void navigate({
            to: '/compliance/$section',
            params: { section: 'incidents' },
            search: { incident: incident_id, item: duty_id },
          });
        showToast(
          {
            tone: 'bad',
            text: t(overdue ? 'incidentAlert.overdue' : 'incidentAlert.near', told),
            action: { name: t('incidentAlert.look'), run: look },
          },
          0,
        );
      }),
    [clients, format, navigate, t, writes],
  );
}
