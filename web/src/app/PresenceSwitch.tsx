/** The agent's own state, how long, and changing it. */
import { Menu } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import i18next from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { presenceQuery, routingApi } from '@/api/routing';
import type { Presence } from '@/api/types';
import { useActions } from '@/components/actions';
import { toastError } from '@/components/errors';
import { Keys } from '@/components/Keys';
import { PresenceDot } from '@/components/PresenceDot';
import { Since } from '@/components/Times';
import classes from './TopBar.module.css';

const CHOICES: readonly { state: Presence; keys: string }[] = [
  { state: 'available', keys: 'p a' },
  { state: 'busy', keys: 'p b' },
  { state: 'break', keys: 'p k' },
  { state: 'meal', keys: 'p m' },
  { state: 'training', keys: 'p t' },
  { state: 'meeting', keys: 'p g' },
  { state: 'offline', keys: 'p o' },
];

/** Why someone else or the system set the state: the system's words are keys. */
function whyText(reason: string): string {
  const key = `presence.why.${reason}`;
  return i18next.exists(key) ? (i18next.t as (key: string) => string)(key) : reason;
}

export function PresenceSwitch() {
  const { t } = useTranslation();
  const { data: presence } = useQuery(presenceQuery);
  const [opened, setOpened] = useState(false);
  const change = useMutation({
    mutationFn: routingApi.setPresence,
    onMutate: (state) => {
      const before = queryClient.getQueryData(presenceQuery.queryKey);
      if (before) {
        const since = before.state === state ? before.since : new Date().toISOString();
        queryClient.setQueryData(presenceQuery.queryKey, { ...before, state, since, reason: null });
      }
      return before;
    },
    onSuccess: (now) => queryClient.setQueryData(presenceQuery.queryKey, now),
    onError: (error, _state, before) => {
      if (before) queryClient.setQueryData(presenceQuery.queryKey, before);
      toastError(error);
    },
  });
  useActions([
    ...CHOICES.map(({ state, keys }) => ({
      id: `presence.${state}`,
      name: t('presence.set', { state: t(`presence.${state}`) }),
      group: t('group.presence'),
      keys,
      run: () => change.mutate(state),
    })),
    {
      id: 'presence',
      name: t('presence.change'),
      group: t('group.presence'),
      keys: 'p p',
      run: () => setOpened(true),
    },
  ]);
  if (!presence) return <div style={{ width: 140 }} />;
  const why = presence.reason ? whyText(presence.reason) : null;
  return (
    <Menu opened={opened} onChange={setOpened} width={240}>
      <Menu.Target>
        <button type="button" className={classes.presence} title={why ?? undefined}>
          <PresenceDot state={presence.state} />
          <span className="visually-hidden">{t('presence.label')}</span>
          <span>{t(`presence.${presence.state}`)}</span>
          <Since at={presence.since} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {why && <Menu.Label>{why}</Menu.Label>}
        {CHOICES.map(({ state, keys }) => (
          <Menu.Item
            key={state}
            aria-current={presence.state === state}
            leftSection={<PresenceDot state={state} />}
            rightSection={<Keys keys={keys} />}
            onClick={() => change.mutate(state)}
          >
            {t(`presence.${state}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
