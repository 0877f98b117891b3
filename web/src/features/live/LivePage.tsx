/** The live board: what goes on now, what goes wrong, and what could be done. */
import { ActionIcon, Select, SegmentedControl, TextInput } from '@mantine/core';
import { IconMaximize, IconMinimize, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { liveAgentsQuery, liveQueuesQuery } from '@/api/routing';
import { useMe } from '@/api/session';
import type { AgentNow, Presence, QueueNow } from '@/api/types';
import { useActions } from '@/components/actions';
import { useNow } from '@/components/clock';
import { useFormat } from '@/components/format';
import { Empty, Failed, RowSkeletons } from '@/components/States';
import { STATES } from '@/features/live/agentActions';
import { AgentGrid } from '@/features/live/AgentGrid';
import { AgentPanel } from '@/features/live/AgentPanel';
import { QueueBoard } from '@/features/live/QueueBoard';
import { SECTIONS } from '@/features/live/sections';
import { isClosed, longestWait, serviceLevel } from '@/features/live/trouble';
import { useLiveNews } from '@/features/live/useLiveNews';
import classes from './LivePage.module.css';

const SAFETY_MS = 30_000;

type Search = Record<string, string | undefined>;

function useFilters() {
  const navigate = useNavigate();
  const search: Search = useSearch({ strict: false });
  const put = (change: Search) =>
    void navigate({
      to: '.',
      replace: true,
      search: Object.fromEntries(
        Object.entries({ ...search, ...change }).filter(([, value]) => value),
      ) as Record<string, string>,
    });
  return { search, put };
}

export function LivePage() {
  const { t } = useTranslation(['live', 'common']);
  const me = useMe();
  const navigate = useNavigate();
  const { section = 'all' }: { section?: string } = useParams({ strict: false });
  const { search, put } = useFilters();
  const big = Boolean(search.big);
  useLiveNews();
  const queues = useQuery({ ...liveQueuesQuery, refetchInterval: SAFETY_MS });
  const agents = useQuery({ ...liveAgentsQuery, refetchInterval: SAFETY_MS, retry: false });
  const everyone = useMemo(() => agents.data?.items ?? [], [agents.data]);
  const rows = (queues.data?.items ?? []).filter(
    (row) => row.queue.active && (!search.client || row.queue.client_id === search.client),
  );
  const staff = search.client ? everyone.filter((one) => servesAny(one, rows)) : everyone;
  const shown = filtered(staff, search);
  const channels = useMemo(
    () => new Set(queues.data?.items.flatMap((row) => row.queue.channels)),
    [queues.data],
  );
  const chosen = everyone.find((one) => one.person_id === search.agent);
  const agentsBox = useRef<HTMLElement>(null);
  useEffect(() => {
    if (search.queue) agentsBox.current?.scrollIntoView({ block: 'nearest' });
  }, [search.queue]);

  const setBig = (on: boolean) => {
    put({ big: on ? 'on' : undefined });
    if (on) void document.documentElement.requestFullscreen?.().catch(() => undefined);
    else if (document.fullscreenElement) void document.exitFullscreen();
  };
  useLeaveBig(big, () => put({ big: undefined }));
  const group = t('common:place.live');
  useActions([
    { id: 'live.big', name: t('big'), group, keys: 'f', run: () => setBig(!big) },
    ...SECTIONS.map((one, index) => ({
      id: `live.${one}`,
      name: t(`show.${one}`),
      group,
      keys: String(index + 1),
      run: () => go(one),
    })),
    ...everyone.slice(0, 80).map((one) => ({
      id: `live.agent.${one.person_id}`,
      name: t('openAgent', { name: one.name, state: t(`common:presence.${one.state}`) }),
      group,
      run: () => put({ agent: one.person_id }),
    })),
  ]);
  const go = (one: string) =>
    one === 'all'
      ? void navigate({ to: '/live', search: true })
      : void navigate({ to: '/live/$section', params: { section: one }, search: true });

  return (
    <div className={classes.live} data-big={big}>
      <header className={classes.head}>
        <h1>{t('title')}</h1>
        {queues.data && <Totals rows={rows} agents={staff} />}
        <div className={classes.tools}>
          {!big && (
            <>
              {me.clients.length > 1 && (
                <Select
                  size="xs"
                  clearable
                  className={classes.client ?? ''}
                  aria-label={t('client')}
                  placeholder={t('allClients')}
                  data={me.clients.map((one) => ({ value: one.id, label: one.name }))}
                  value={search.client ?? null}
                  onChange={(value) => put({ client: value ?? undefined, queue: undefined })}
                />
              )}
              <SegmentedControl
                size="xs"
                aria-label={t('view')}
                data={SECTIONS.map((one) => ({
                  value: one,
                  label: t(`part.${one}`),
                }))}
                value={section}
                onChange={go}
              />
            </>
          )}
          <ActionIcon
            variant="default"
            aria-label={t('big')}
            aria-pressed={big}
            title={`${t('big')} (F)`}
            onClick={() => setBig(!big)}
          >
            {big ? <IconMinimize size={16} /> : <IconMaximize size={16} />}
          </ActionIcon>
        </div>
      </header>
      <div className={classes.body}>
        {section !== 'agents' && (
          <section aria-label={t('queues')} className={classes.queues}>
            {queues.isPending ? (
              <RowSkeletons count={6} height={64} />
            ) : queues.isError ? (
              <Failed error={queues.error} retry={() => void queues.refetch()} />
            ) : rows.length === 0 ? (
              <Empty title={t('noQueues')}>{t('noQueuesHint')}</Empty>
            ) : (
              <QueueBoard rows={rows} agents={everyone} />
            )}
          </section>
        )}
        {section !== 'queues' && !agents.isError && (
          <section ref={agentsBox} aria-label={t('agents')} className={classes.agents}>
            <div className={classes.agentsHead}>
              <h2>{t('agents')}</h2>
              {!big && <AgentFilters agents={staff} rows={rows} />}
            </div>
            {agents.isPending ? (
              <RowSkeletons count={3} height={72} />
            ) : shown.length === 0 ? (
              <Empty title={t(staff.length === 0 ? 'noAgents' : 'noneFound')}>
                {t(staff.length === 0 ? 'noAgentsHint' : 'noneFoundHint')}
              </Empty>
            ) : (
              <AgentGrid agents={shown} channels={channels} />
            )}
          </section>
        )}
      </div>
      {chosen && <AgentPanel agent={chosen} onClose={() => put({ agent: undefined })} />}
    </div>
  );
}

/** Leaving the browser's full screen leaves the big board too; so does Escape. */
function useLeaveBig(big: boolean, leave: () => void): void {
  useEffect(() => {
    if (!big) return;
    const onFullscreen = () => {
      if (!document.fullscreenElement) leave();
    };
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) leave();
    };
    document.addEventListener('fullscreenchange', onFullscreen);
    window.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('fullscreenchange', onFullscreen);
      window.removeEventListener('keydown', onKey);
    };
  });
}

function servesAny(agent: AgentNow, rows: readonly QueueNow[]): boolean {
  return rows.some((row) => agent.queue_ids.includes(row.queue.id));
}

function filtered(agents: readonly AgentNow[], search: Search): AgentNow[] {
  const wanted = search.q?.toLocaleLowerCase() ?? '';
  return agents.filter(
    (one) =>
      (!search.queue || one.queue_ids.includes(search.queue)) &&
      (!search.team || one.team_id === search.team) &&
      (!search.site || one.site_id === search.site) &&
      (!search.state || one.state === search.state) &&
      one.name.toLocaleLowerCase().includes(wanted),
  );
}

const waitingIn = (rows: readonly QueueNow[]) => rows.reduce((sum, row) => sum + row.waiting, 0);

function Totals({ rows, agents }: { rows: readonly QueueNow[]; agents: readonly AgentNow[] }) {
  const { t } = useTranslation('live');
  const format = useFormat();
  const now = useNow();
  const open = rows.filter((row) => !isClosed(row, now));
  const waiting = waitingIn(open);
  const resting = waitingIn(rows) - waiting;
  const longest = Math.max(0, ...open.map((row) => longestWait(row, now) ?? 0));
  const level = serviceLevel(rows);
  const signedIn = agents.filter((one) => one.state !== 'offline');
  const available = signedIn.filter((one) => one.state === 'available').length;
  return (
    <dl className={classes.totals}>
      <div>
        <dt>{t('column.waiting')}</dt>
        <dd>
          {format.number(waiting)}
          {resting > 0 && <span title={t('restingHint')}>{t('resting', { count: resting })}</span>}
        </dd>
      </div>
      <div>
        <dt>{t('column.longest')}</dt>
        <dd>
          {waiting === 0
            ? '–'
            : longest < 3600
              ? format.counter(longest)
              : format.duration(longest)}
        </dd>
      </div>
      <div>
        <dt>{t('today')}</dt>
        <dd>{level === null ? '–' : format.percent(level)}</dd>
      </div>
      {agents.length > 0 && (
        <div>
          <dt>{t('column.agents')}</dt>
          <dd>
            {available}
            <span>{t('of', { all: signedIn.length })}</span>
          </dd>
        </div>
      )}
    </dl>
  );
}

function AgentFilters({
  agents,
  rows,
}: {
  agents: readonly AgentNow[];
  rows: readonly QueueNow[];
}) {
  const { t } = useTranslation(['live', 'common']);
  const me = useMe();
  const { search, put } = useFilters();
  const [text, setText] = useState(search.q ?? '');
  const among = (id: 'team_id' | 'site_id', name: 'team_name' | 'site_name') =>
    [...new Map(agents.flatMap((one) => (one[id] ? [[one[id], one[name] ?? '']] : [])))].map(
      ([value = '', label = '']) => ({ value, label }),
    );
  const teams = among('team_id', 'team_name');
  const sites = among('site_id', 'site_name');
  const queues = me.clients
    .map((client) => ({
      group: client.name,
      items: rows
        .filter((row) => row.queue.client_id === client.id)
        .map((row) => ({ value: row.queue.id, label: row.queue.name })),
    }))
    .filter((client) => client.items.length > 0);
  return (
    <div className={classes.filters} role="search">
      <TextInput
        size="xs"
        type="search"
        aria-label={t('findAgent')}
        placeholder={t('findAgent')}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          put({ q: event.currentTarget.value.trim() || undefined });
        }}
      />
      {rows.length > 1 && (
        <Select
          size="xs"
          clearable
          searchable
          aria-label={t('serving')}
          placeholder={t('serving')}
          data={queues}
          value={search.queue ?? null}
          onChange={(value) => put({ queue: value ?? undefined })}
        />
      )}
      {teams.length > 1 && (
        <Select
          size="xs"
          clearable
          aria-label={t('team')}
          placeholder={t('team')}
          data={teams}
          value={search.team ?? null}
          onChange={(value) => put({ team: value ?? undefined })}
        />
      )}
      {sites.length > 1 && (
        <Select
          size="xs"
          clearable
          aria-label={t('site')}
          placeholder={t('site')}
          data={sites}
          value={search.site ?? null}
          onChange={(value) => put({ site: value ?? undefined })}
        />
      )}
      <Select
        size="xs"
        clearable
        aria-label={t('state')}
        placeholder={t('state')}
        data={STATES.map((one: Presence) => ({ value: one, label: t(`common:presence.${one}`) }))}
        value={search.state ?? null}
        onChange={(value) => put({ state: value ?? undefined })}
      />
    </div>
  );
}
