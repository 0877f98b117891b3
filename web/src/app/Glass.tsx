/** Emergency access on every page: how long it still lasts, and news of others' to those who guard the client. */
import { Button } from '@mantine/core';
import { IconUrgent } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { endGlass } from '@/api/glass';
import { realtime } from '@/api/realtime';
import { sessionQuery, useMe } from '@/api/session';
import type { Me, OpenGlass } from '@/api/types';
import { useActions } from '@/components/actions';
import { Brand } from '@/components/Brand';
import { useNow } from '@/components/clock';
import { toastError } from '@/components/errors';
import { useFormat } from '@/components/format';
import { showToast } from '@/components/toasts';
import classes from './Glass.module.css';

export function Glass() {
  const { glass } = useMe();
  useFreshView(glass?.id ?? null);
  useAlerts();
  return glass && <Banner glass={glass} />;
}

/** What was read with more access, or less, is read anew. */
function useFreshView(id: string | null): void {
  const { t } = useTranslation();
  const before = useRef(id);
  useEffect(() => {
    if (before.current === id) return;
    if (before.current !== null && id === null) showToast({ text: t('glass.over') });
    before.current = id;
    void queryClient.resetQueries({ predicate: (one) => one.queryKey.join() !== 'session' });
  }, [id, t]);
}

/** Others' emergency access is told at once, and stays on the screen until it is dismissed. */
function useAlerts(): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  useEffect(
    () =>
      realtime.on('event', (event) => {
        const me = queryClient.getQueryData<Me | null>(sessionQuery.queryKey);
        if (event.type !== 'break_glass_begun' || event.data.person_id === me?.person.id) return;
        const client = me?.clients.find((one) => one.id === event.client_id);
        const look = () =>
          void navigate({ to: '/compliance/$section', params: { section: 'break-glass' } });
        showToast(
          {
            tone: 'bad',
            text: t('glass.alert', { client: client?.name ?? '' }),
            action: { name: t('glass.look'), run: look },
          },
          0,
        );
      }),
    [navigate, t],
  );
}

function Banner({ glass }: { glass: OpenGlass }) {
  const { t } = useTranslation();
  const format = useFormat();
  const left = Math.max(0, Date.parse(glass.until) - useNow());
  const end = useMutation({ mutationFn: endGlass, onError: toastError });
  useActions([
    { id: 'glass.end', name: t('glass.end'), group: t('group.go'), run: () => end.mutate() },
  ]);
  const over = left === 0;
  useEffect(() => {
    if (!over) return;
    const ask = () =>
      void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true });
    ask();
    const timer = window.setInterval(ask, 2_000);
    return () => window.clearInterval(timer);
  }, [over]);
  return (
    <section className={classes.banner} aria-label={t('glass.title')}>
      <IconUrgent size={18} aria-hidden />
      <strong>{t('glass.title')}</strong>
      <Brand clientId={glass.client.id} />
      <time dateTime={glass.until} title={format.exact(glass.until)} className={classes.left}>
        {t('glass.left', { time: format.counter(left / 1000) })}
      </time>
      <span className={classes.noted}>{t('glass.noted')}</span>
      <Button
        size="compact-sm"
        variant="default"
        className={classes.end ?? ''}
        loading={end.isPending}
        onClick={() => end.mutate()}
      >
        {t('glass.end')}
      </Button>
    </section>
  );
}
