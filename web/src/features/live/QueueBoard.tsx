/** A row per queue: who waits, how long, what was promised, who is there. Problems on top, with a way out. */
import {
  IconAlertTriangleFilled,
  IconArrowRight,
  IconCircleCheckFilled,
  IconClock,
  IconClockExclamation,
  IconMoon,
} from '@tabler/icons-react';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { AgentNow, QueueNow } from '@/api/types';
import { BrandMark } from '@/components/Brand';
import { ChannelIcon } from '@/components/ChannelIcon';
import { useNow } from '@/components/clock';
import { useFormat } from '@/components/format';
import { Sparkline } from '@/features/live/Sparkline';
import {
  isBelow,
  isClosed,
  longestWait,
  troubleOf,
  waitState,
  type Words,
} from '@/features/live/trouble';
import { usePinned } from '@/features/live/usePinned';
import classes from './QueueBoard.module.css';

export function QueueBoard({
  rows,
  agents,
}: {
  rows: readonly QueueNow[];
  agents: readonly AgentNow[];
}) {
  const { t } = useTranslation('live');
  const me = useMe();
  const now = useNow();
  const [hold, setHold] = useState(false);
  const nameOf = (clientId: string) => me.clients.find((one) => one.id === clientId)?.name ?? '';
  const judged = [...rows]
    .sort(
      (a, b) =>
        nameOf(a.queue.client_id).localeCompare(nameOf(b.queue.client_id)) ||
        a.queue.name.localeCompare(b.queue.name),
    )
    .map((row) => {
      const trouble = troubleOf(row, agents, now);
      return { id: row.queue.id, level: trouble.level, trouble, row };
    });
  const shown = usePinned(judged, hold);
  return (
    <table
      className={classes.board}
      onMouseEnter={() => setHold(true)}
      onMouseLeave={() => setHold(false)}
    >
      <caption className="visually-hidden">{t('queues')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('column.queue')}</th>
          <th scope="col">{t('column.waiting')}</th>
          <th scope="col">{t('column.longest')}</th>
          <th scope="col">{t('column.serviceLevel')}</th>
          <th scope="col">{t('column.trend')}</th>
          <th scope="col">{t('column.agents')}</th>
          <th scope="col" title={t('column.inHandHint')}>
            {t('column.inHand')}
          </th>
          <th scope="col">{t('column.answered')}</th>
          <th scope="col">{t('column.abandoned')}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ row, trouble }) => (
          <QueueRow key={row.queue.id} row={row} level={trouble.level} words={trouble.words} />
        ))}
      </tbody>
    </table>
  );
}

function QueueRow({
  row,
  level,
  words,
}: {
  row: QueueNow;
  level: 'bad' | 'warn' | 'fine';
  words: Words | null;
}) {
  const { t } = useTranslation(['live', 'common']);
  const me = useMe();
  const format = useFormat();
  const client = me.clients.find((one) => one.id === row.queue.client_id);
  const { queue } = row;
  return (
    <tr className={classes.row} data-level={level}>
      <th scope="row" className={classes.queue}>
        <span className={classes.name}>
          {client && <BrandMark color={client.color} name={client.name} />}
          <span className={classes.titles}>
            <Link
              className={classes.link}
              dir="auto"
              to="/desk/$view"
              params={{ view: 'all' }}
              search={{ queue_id: queue.id }}
            >
              {queue.name}
            </Link>
            <span className={classes.client}>
              <bdi>{client?.name}</bdi>
              {queue.channels.map((channel) => (
                <ChannelIcon key={channel} channel={channel} size={14} />
              ))}
            </span>
          </span>
        </span>
        {words && (
          <span className={classes.trouble} data-level={level}>
            {level === 'bad' ? (
              <IconAlertTriangleFilled size={14} aria-hidden />
            ) : (
              <IconArrowRight size={14} aria-hidden />
            )}
            <Sentence words={words} />
          </span>
        )}
        <Closed row={row} />
      </th>
      <td className={classes.big} data-label={t('column.waiting')} data-zero={row.waiting === 0}>
        {format.number(row.waiting)}
      </td>
      <td data-label={t('column.longest')}>
        <Longest row={row} />
      </td>
      <td data-label={t('column.serviceLevel')}>
        <ServiceLevel row={row} />
      </td>
      <td data-label={t('column.trend')} className={classes.trend}>
        <Sparkline trend={row.trend} target={queue.target_share} />
      </td>
      <td data-label={t('column.agents')}>
        <Staff row={row} />
      </td>
      <td data-label={t('column.inHand')} className={classes.plain}>
        {row.with_agents}
      </td>
      <td data-label={t('column.answered')} className={classes.plain}>
        {format.number(row.answered)}
      </td>
      <td
        data-label={t('column.abandoned')}
        className={classes.plain}
        data-zero={row.abandoned === 0}
      >
        {format.number(row.abandoned)}
      </td>
    </tr>
  );
}

/** Until when a closed queue rests. */
function Closed({ row }: { row: QueueNow }) {
  const { t } = useTranslation('live');
  const format = useFormat();
  const now = useNow(15);
  if (!isClosed(row, now)) return null;
  return (
    <span className={classes.closed} title={format.exact(row.opens_at)}>
      <IconMoon size={14} aria-hidden />
      {t('closed', { at: format.upcoming(row.opens_at) })}
    </span>
  );
}

/** How many are free of those at work; leads to those who serve the queue, and once more to all. */
function Staff({ row }: { row: QueueNow }) {
  const { t } = useTranslation('live');
  const { queue, ...others }: Record<string, string> = useSearch({ strict: false });
  const chosen = queue === row.queue.id;
  const words = t(chosen ? 'showAllAgents' : 'showServing', { queue: row.queue.name });
  const count = t('of', { all: row.agents_signed_in });
  return (
    <Link
      className={classes.staff}
      to="/live"
      search={chosen ? others : { ...others, queue: row.queue.id }}
      resetScroll={false}
      data-chosen={chosen}
      title={words}
      aria-label={`${row.agents_available} ${count}. ${words}`}
    >
      <span className={classes.big} data-zero={row.agents_available === 0}>
        {row.agents_available}
      </span>
      <span className={classes.of}>{count}</span>
    </Link>
  );
}

function Sentence({ words }: { words: Words }) {
  const { t } = useTranslation('live');
  const format = useFormat();
  switch (words.key) {
    case 'nobodySignedIn':
      return t('trouble.nobodySignedIn', { count: words.waiting });
    case 'nobodyAvailable':
      return words.away > 0
        ? `${t('trouble.nobodyAvailable', { count: words.waiting })} ${t('trouble.away', { count: words.away })}`
        : `${t('trouble.nobodyAvailable', { count: words.waiting })} ${t('trouble.allBusy', { count: words.busy })}`;
    case 'late':
      return words.available > 0
        ? t('trouble.lateFree', { time: format.duration(words.seconds), count: words.available })
        : t('trouble.late', { time: format.duration(words.seconds) });
    case 'soon':
      return t('trouble.soon', { time: format.duration(words.seconds) });
    case 'belowTarget':
      return t('trouble.belowTarget', { count: words.needed });
  }
}

function Longest({ row }: { row: QueueNow }) {
  const { t } = useTranslation('live');
  const format = useFormat();
  const now = useNow();
  const wait = longestWait(row, now);
  const state = waitState(row, now);
  const promise = t('promise', { time: format.duration(row.queue.target_seconds) });
  if (wait === null) {
    return (
      <span className={classes.none} title={promise}>
        {'–'}
      </span>
    );
  }
  const Sign =
    state === 'late'
      ? IconAlertTriangleFilled
      : state === 'soon'
        ? IconClockExclamation
        : IconClock;
  return (
    <span className={classes.wait} data-state={state} title={promise}>
      <Sign size={16} aria-hidden />
      <span>{wait < 3600 ? format.counter(wait) : format.duration(wait)}</span>
      <span className="visually-hidden">
        {t(`wait.${state as 'calm'}`)}, {promise}
      </span>
    </span>
  );
}

function ServiceLevel({ row }: { row: QueueNow }) {
  const { t } = useTranslation('live');
  const format = useFormat();
  const target = row.queue.target_share;
  const words = t('target', {
    share: format.percent(target),
    time: format.duration(row.queue.target_seconds),
  });
  if (row.service_level === null) {
    return (
      <span className={classes.level} title={words}>
        <span className={classes.share}>
          <span className={classes.none}>{'–'}</span>
          <span className={classes.of}>{format.percent(target)}</span>
        </span>
        <span className={classes.bar} aria-hidden>
          <span className={classes.mark} style={{ insetInlineStart: `${target * 100}%` }} />
        </span>
      </span>
    );
  }
  const below = isBelow(row);
  return (
    <span className={classes.level} title={words}>
      <span className={classes.share} data-below={below}>
        {below ? (
          <IconAlertTriangleFilled size={14} aria-hidden />
        ) : (
          <IconCircleCheckFilled size={14} aria-hidden />
        )}
        <span className={classes.big}>{format.percent(row.service_level)}</span>
        <span className={classes.of}>{format.percent(target)}</span>
      </span>
      <span className={classes.bar} aria-hidden>
        <span
          className={classes.fill}
          data-below={below}
          style={{ inlineSize: `${row.service_level * 100}%` }}
        />
        <span className={classes.mark} style={{ insetInlineStart: `${target * 100}%` }} />
      </span>
      <span className="visually-hidden">
        {t(below ? 'belowTarget' : 'onTarget')}, {words}
      </span>
    </span>
  );
}
