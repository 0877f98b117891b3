/** The end of a client's contract, step by step: its archive, its holds, its keys, and what retention removes. */
import { Button } from '@mantine/core';
import { IconCircle, IconCircleCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useCan } from '@/api/session';
import { useFormat } from '@/components/format';
import { itemsOf } from '@/components/Listing';
import { When } from '@/components/Times';
import classes from '@/features/compliance/Compliance.module.css';
import { exportsQuery, holdsQuery, type Archive, type ClientKey } from '@/features/compliance/data';
import { useDeed } from '@/features/compliance/deeds';

export function Ending({ one, onDestroy }: { one: ClientKey; onDestroy: () => void }) {
  const { t } = useTranslation(['compliance', 'common']);
  return (
    <div className={classes.file}>
      <h2>{t('ending.title')}</h2>
      <p>{t('ending.lead')}</p>
      <ol className={classes.list} aria-label={t('ending.title')}>
        <ArchiveStep one={one} />
        <HoldStep client={one.client_id} />
        <KeyStep one={one} onDestroy={onDestroy} />
        <Step name={t('ending.rest')} done={null} state={t('ending.restHint')}>
          <Link
            to="/compliance/$section"
            params={{ section: 'retention' }}
            search={{ client: one.client_id }}
          >
            {t('common:complianceSection.retention')}
          </Link>
        </Step>
      </ol>
    </div>
  );
}

/** `done`: null where nobody can say it is. */
function Step({
  name,
  done,
  state,
  children,
}: {
  name: string;
  done: boolean | null;
  state: ReactNode;
  children?: ReactNode;
}) {
  const { t } = useTranslation('compliance');
  const Icon = done ? IconCircleCheck : IconCircle;
  return (
    <li>
      {done !== null && (
        <Icon
          size={18}
          color={done ? 'var(--good)' : 'var(--text-2)'}
          aria-label={t(done ? 'ending.done' : 'ending.open')}
        />
      )}
      <div className={classes.what}>
        <strong>{name}</strong>
        <span>{state}</span>
      </div>
      {children && <div className={classes.acts}>{children}</div>}
    </li>
  );
}

function ArchiveStep({ one }: { one: ClientKey }) {
  const { t } = useTranslation('compliance');
  const format = useFormat();
  const { client_id: client, archives } = one;
  const gone = one.shredded_at !== null;
  const exports = useCan('data.export');
  const newest = useQuery({ ...exportsQuery(client), enabled: exports }).data?.items[0];
  const start = useDeed(() => http.post('/api/exports', { client_id: client }));
  const ready = newest?.state === 'ready';
  const told =
    archives.waiting !== null
      ? t('ending.archiveWaits', { made: format.exact(archives.waiting) })
      : archives.fetched !== null
        ? t('ending.archiveFetched', { made: format.exact(archives.fetched) })
        : null;
  const state = gone ? (
    (told ?? t('ending.archiveLost'))
  ) : (
    <>
      {told} {exports && newest && <ArchiveState one={newest} />}
      {exports && !newest && t('ending.archiveNone')}
      {!exports && told === null && t('ending.archiveOthers')}
    </>
  );
  return (
    <Step
      name={t('ending.archive')}
      done={archives.fetched !== null && archives.waiting === null}
      state={state}
    >
      {ready && !gone && (
        <Button
          component="a"
          size="compact-sm"
          variant="default"
          href={`/api/exports/${newest.id}/archive`}
          download
        >
          {t('ending.fetch')}
        </Button>
      )}
      {exports && !gone && newest?.state !== 'running' && (
        <Button
          size="compact-sm"
          variant={ready ? 'subtle' : 'default'}
          loading={start.isPending}
          onClick={() => start.mutate()}
        >
          {t('ending.export')}
        </Button>
      )}
    </Step>
  );
}

function ArchiveState({ one }: { one: Archive }) {
  const { t } = useTranslation('compliance');
  const format = useFormat();
  switch (one.state) {
    case 'running':
      return t('ending.archiveRunning', {
        done: format.number(one.done),
        total: format.number(one.total),
      });
    case 'ready':
      return (
        <>
          {t('ending.archiveReady', {
            size: format.bytes(one.size),
            until: format.exact(one.expires_at),
          })}{' '}
          {one.checked_at && <When at={one.checked_at} />}
        </>
      );
    case 'failed':
      return <bdi>{one.error}</bdi>;
    case 'expired':
      return t('ending.archiveExpired');
  }
}

function HoldStep({ client }: { client: string }) {
  const { t } = useTranslation(['compliance', 'common']);
  const holds = useInfiniteQuery(holdsQuery(client, true));
  const { hasNextPage, isFetching, isError, fetchNextPage } = holds;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const count = itemsOf(holds).length;
  return (
    <Step
      name={t('holds.title')}
      done={holds.data ? count === 0 : null}
      state={count === 0 ? t('ending.holdsNone') : t('ending.holdsStand', { count })}
    >
      {count > 0 && (
        <Link to="/compliance/$section" params={{ section: 'retention' }} search={{ client }}>
          {t('common:complianceSection.retention')}
        </Link>
      )}
    </Step>
  );
}

function KeyStep({ one, onDestroy }: { one: ClientKey; onDestroy: () => void }) {
  const { t } = useTranslation(['compliance', 'common']);
  const writes = useCan('compliance.write');
  const gone = one.shredded_at !== null;
  const state = gone
    ? t('ending.keysGone')
    : one.shredding
      ? t('ending.keysAsked')
      : t('ending.keysThere');
  return (
    <Step name={t('common:complianceSection.keys')} done={gone} state={state}>
      {writes && !gone && one.shredding === null && (
        <Button size="compact-sm" variant="default" color="red" onClick={onDestroy}>
          {t('keys.ask')}
        </Button>
      )}
    </Step>
  );
}
