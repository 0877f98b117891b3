/** Deadlines of incidents are told on every page to those who may do what is due, and stay until dismissed. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { realtime } from '@/api/realtime';
import { useMe } from '@/api/session';
import { useFormat } from '@/components/format';
import { changeToast, showToast } from '@/components/toasts';
import { gathered, summaryOf, type Near, type Summary } from '@/features/compliance/alerts';

interface Shown {
  toast: number;
  alerts: [Near, ...Near[]];
}

export function useDeadlineAlerts(): void {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const { clients } = useMe();
  /** The newest toast of what is overdue, and of what is not. */
  const shown = useRef(new Map<boolean, Shown>());
  useEffect(() => {
    const nameOf = (id: string) => clients.find((one) => one.id === id)?.name ?? '';
    const wordsOf = (told: Summary) => {
      const names = format.list(told.clients.map(nameOf));
      const time = format.exact(told.dueAt);
      if (told.count === 1)
        return {
          text: t(told.overdue ? 'incidentAlert.overdue' : 'incidentAlert.near', {
            client: names,
            time,
          }),
        };
      return {
        text: t(told.overdue ? 'incidentAlert.overdueSeveral' : 'incidentAlert.nearSeveral', {
          time,
        }),
        detail:
          told.more > 0
            ? t('incidentAlert.more', { names, more: format.number(told.more) })
            : names,
      };
    };
    const look = ({ incident }: Summary) =>
      void navigate({
        to: '/compliance/$section',
        params: { section: incident ? 'incidents' : 'deadlines' },
        search: incident ? { incident: incident.id, item: incident.duty } : {},
      });
    const toastOf = (alerts: [Near, ...Near[]]) => {
      const told = summaryOf(alerts);
      return {
        tone: 'bad' as const,
        ...wordsOf(told),
        action: { name: t('incidentAlert.look'), run: () => look(told) },
      };
    };
    return realtime.on('event', (event) => {
      if (event.type !== 'incident_deadline_near') return;
      const before = shown.current.get(event.data.overdue);
      const alerts = gathered(before?.alerts ?? [], event);
      const next: Shown =
        before && alerts.length > 1 && changeToast(before.toast, toastOf(alerts))
          ? { toast: before.toast, alerts }
          : { toast: showToast(toastOf([event]), 0), alerts: [event] };
      shown.current.set(event.data.overdue, next);
    });
  }, [clients, format, navigate, t]);
}
