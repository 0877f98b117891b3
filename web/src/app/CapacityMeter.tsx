/** How full the agent's hands are, per channel. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { conversationList } from '@/api/conversations';
import { profileQuery } from '@/api/routing';
import { useMe } from '@/api/session';
import type { Channel } from '@/api/types';
import { ChannelIcon } from '@/components/ChannelIcon';
import classes from './TopBar.module.css';

const SHOWN: readonly Channel[] = ['voice', 'chat', 'sms', 'social', 'email'];
const HELD = new Set(['with_agent', 'on_hold', 'after_call_work']);

export function CapacityMeter() {
  const { t } = useTranslation();
  const me = useMe();
  const { data: profile } = useQuery({
    ...profileQuery(me.person.id),
    enabled: Boolean(me.person.provider_id),
    retry: false,
  });
  const { data: mine } = useInfiniteQuery(conversationList({ view: 'mine', sort: 'waiting' }));
  const load = useMemo(() => {
    const counts = new Map<Channel, number>();
    for (const row of mine?.pages.flatMap((page) => page.items) ?? []) {
      if (HELD.has(row.phase)) counts.set(row.channel, (counts.get(row.channel) ?? 0) + 1);
    }
    return counts;
  }, [mine]);
  if (!profile) return null;
  return (
    <ul className={classes.capacity} aria-label={t('presence.capacity')}>
      {SHOWN.filter((channel) => profile.capacity[channel] > 0).map((channel) => {
        const held = load.get(channel) ?? 0;
        const room = profile.capacity[channel];
        return (
          <li
            key={channel}
            data-full={held >= room}
            title={t('presence.holds', { channel: t(`channel.${channel}`), held, room })}
          >
            <ChannelIcon channel={channel} size={14} />
            {`${held}/${room}`}
          </li>
        );
      })}
    </ul>
  );
}
