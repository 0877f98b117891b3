/** Where someone is signed in, each place with a way to end it there. */
import { Button } from '@mantine/core';
import { IconDeviceDesktop } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { sessionsQuery } from '@/api/factors';
import { http } from '@/api/http';
import type { SessionEntry, Uuid } from '@/api/types';
import { toastError } from '@/components/errors';
import { Listing } from '@/components/Listing';
import { Since, When } from '@/components/Times';
import classes from './SessionList.module.css';

export function SessionList({ personId }: { personId?: Uuid }) {
  const { t } = useTranslation();
  const options = sessionsQuery(personId);
  const end = useMutation({
    mutationFn: (id: Uuid) => http.delete(`/api/sessions/${id}`),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: options.queryKey }),
    onError: toastError,
  });
  return (
    <Listing
      query={useInfiniteQuery(options)}
      skeletons={{ count: 2, height: 56 }}
      none={<p className={classes.none}>{t('sessions.none')}</p>}
    >
      {(sessions) => (
        <ul className={classes.list}>
          {sessions.map((one) => (
            <li key={one.id} className={classes.row}>
              <IconDeviceDesktop size={20} stroke={1.5} aria-hidden />
              <Words session={one} />
              {one.current ? (
                <span className={classes.here}>{t('sessions.here')}</span>
              ) : (
                <Button
                  size="compact-sm"
                  variant="default"
                  loading={end.isPending && end.variables === one.id}
                  aria-label={t('sessions.endOn', { device: one.device })}
                  onClick={() => end.mutate(one.id)}
                >
                  {t('sessions.end')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Listing>
  );
}

function Words({ session }: { session: SessionEntry }) {
  const { t } = useTranslation();
  return (
    <div className={classes.words}>
      <strong>{session.device || t('sessions.unknown')}</strong>
      <span className={classes.detail}>
        {session.ip && <bdi>{session.ip}</bdi>}
        <span>
          {t(session.pending ? 'sessions.unfinished' : `sessions.method.${session.method}`)}
        </span>
        <span>
          {t('sessions.since')} <When at={session.made_at} />
        </span>
        {!session.current && (
          <span>
            {t('sessions.used')} <Since at={session.used_at} />
          </span>
        )}
      </span>
    </div>
  );
}
