/** What could not be handled: events of a consumer and mails; each with its error, and a way to try again. */
import { Button } from '@mantine/core';
import { IconCircleCheck, IconRefresh } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { http } from '@/api/http';
import { pagesAt } from '@/api/pages';
import { useCan } from '@/api/session';
import type { Instant, Uuid } from '@/api/types';
import { Brand } from '@/components/Brand';
import { toastError } from '@/components/errors';
import { itemsOf, More } from '@/components/Listing';
import { Empty, Failed, RowSkeletons } from '@/components/States';
import { showToast } from '@/components/toasts';
import { When } from '@/components/Times';
import classes from './Parked.module.css';

interface Parked {
  id: Uuid;
  consumer: string;
  event_id: number;
  type: string;
  error: string;
  attempts: number;
  parked_at: Instant;
  settled_at: Instant | null;
  client_id: Uuid | null;
}

interface KeptMail {
  id: Uuid;
  client_id: Uuid;
  return_path: string;
  recipient: string;
  received_at: Instant;
  error: string | null;
  attempts: number;
  handled_at: Instant | null;
}

const parkedPages = pagesAt<Parked>(
  ['setup', 'parked-events'],
  '/api/parked-events',
  {},
  {
    staleTime: 5_000,
  },
);

const mailPages = pagesAt<KeptMail>(
  ['setup', 'incoming-mails', 'failed'],
  '/api/incoming-mails',
  { failed: true },
  { staleTime: 5_000 },
);

export function ParkedEvents() {
  const { t } = useTranslation(['setup', 'common']);
  const query = useInfiniteQuery(parkedPages);
  const readsMail = useCan('channels.read');
  const mails = useInfiniteQuery({ ...mailPages, enabled: readsMail });
  const parked = itemsOf(query);
  const kept = itemsOf(mails);
  const again = (key: readonly unknown[]) => void queryClient.invalidateQueries({ queryKey: key });
  const retry = useMutation({
    mutationFn: (one: Parked) =>
      http.post<{ settled: boolean; error: string | null }>(`/api/parked-events/${one.id}/retry`),
    onSuccess: (result) => {
      again(parkedPages.queryKey);
      if (result.settled) showToast({ tone: 'good', text: t('parked.settled') });
      else
        showToast({
          tone: 'bad',
          text: t('parked.failedAgain'),
          ...(result.error && { detail: firstLine(result.error) }),
        });
    },
    onError: toastError,
  });
  const retryMail = useMutation({
    mutationFn: (one: KeptMail) => http.post<KeptMail>(`/api/incoming-mails/${one.id}/retry`),
    onSuccess: (mail) => {
      again(mailPages.queryKey);
      if (mail.handled_at) showToast({ tone: 'good', text: t('parked.mailSettled') });
      else
        showToast({
          tone: 'bad',
          text: t('parked.failedAgain'),
          detail: firstLine(mail.error ?? ''),
        });
    },
    onError: toastError,
  });
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <Link to="/setup" className={classes.up}>
          {t('title')}
        </Link>
        <h1>{t('common:setupSection.parked-events')}</h1>
        <p>{t('parked.lead')}</p>
      </header>
      {query.isPending ? (
        <RowSkeletons count={6} height={72} />
      ) : query.isError ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : parked.length === 0 && kept.length === 0 ? (
        <Empty
          icon={<IconCircleCheck size={32} stroke={1.4} aria-hidden />}
          title={t('empty.parked-events.title')}
        >
          {t('empty.parked-events.hint')}
        </Empty>
      ) : (
        <>
          <ul className={classes.list} aria-label={t('parked.events')}>
            {parked.map((one) => (
              <li key={one.id} data-settled={one.settled_at !== null}>
                <div className={classes.what}>
                  <strong>{one.type}</strong>
                  <span>{t('parked.in', { consumer: one.consumer, id: one.event_id })}</span>
                  <span>
                    <When at={one.parked_at} /> · {t('parked.attempts', { count: one.attempts })}
                  </span>
                  {one.client_id && <Brand clientId={one.client_id} />}
                </div>
                <Trouble text={one.error} />
                {one.settled_at ? (
                  <span className={classes.done}>
                    <IconCircleCheck size={14} aria-hidden /> {t('parked.done')}
                  </span>
                ) : (
                  <RetryButton
                    busy={retry.isPending && retry.variables.id === one.id}
                    onClick={() => retry.mutate(one)}
                  />
                )}
              </li>
            ))}
          </ul>
          <More query={query} />
          {kept.length > 0 && (
            <>
              <h2 className={classes.second}>{t('parked.mails')}</h2>
              <ul className={classes.list} aria-label={t('parked.mails')}>
                {kept.map((one) => (
                  <li key={one.id}>
                    <div className={classes.what}>
                      <strong>{one.return_path || t('parked.noSender')}</strong>
                      <span>{one.recipient}</span>
                      <span>
                        <When at={one.received_at} /> ·{' '}
                        {t('parked.attempts', { count: one.attempts })}
                      </span>
                      <Brand clientId={one.client_id} />
                    </div>
                    <Trouble text={one.error ?? ''} />
                    <RetryButton
                      busy={retryMail.isPending && retryMail.variables.id === one.id}
                      onClick={() => retryMail.mutate(one)}
                    />
                  </li>
                ))}
              </ul>
              <More query={mails} />
            </>
          )}
        </>
      )}
    </div>
  );
}

const firstLine = (text: string) => text.trim().split('\n')[0] ?? '';

function Trouble({ text }: { text: string }) {
  const short = firstLine(text);
  if (short === text.trim()) return <code className={classes.error}>{short}</code>;
  return (
    <details className={classes.error}>
      <summary>{short}</summary>
      <pre>{text}</pre>
    </details>
  );
}

function RetryButton({ busy, onClick }: { busy: boolean; onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={busy}
      leftSection={<IconRefresh size={14} aria-hidden />}
      onClick={onClick}
    >
      {t('action.retry')}
    </Button>
  );
}
