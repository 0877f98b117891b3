/** Agents as compact cards by state: how long in it, how full, where. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconAlertTriangleFilled, IconDots, IconMessages } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/api/session';
import type { AgentNow, Channel, Presence } from '@/api/types';
import { ChannelIcon } from '@/components/ChannelIcon';
import { useNow } from '@/components/clock';
import { useFormat } from '@/components/format';
import { isolate } from '@/components/languages';
import { PresenceDot } from '@/components/PresenceDot';
import { STATES, useSetState } from '@/features/live/agentActions';
import { LONG } from '@/features/live/trouble';
import classes from './AgentGrid.module.css';

const CHANNELS: readonly Channel[] = ['voice', 'chat', 'sms', 'social', 'email'];

export function AgentGrid({
  agents,
  channels,
}: {
  agents: readonly AgentNow[];
  /** Channels that the board's queues take. */
  channels: ReadonlySet<Channel>;
}) {
  const { t, i18n } = useTranslation(['live', 'common']);
  const box = useRef<HTMLDivElement>(null);
  const [offline, setOffline] = useState(false);
  const groups = STATES.map((state) => ({
    state,
    agents: agents
      .filter((one) => one.state === state)
      .sort((a, b) => a.name.localeCompare(b.name)),
  })).filter((group) => group.agents.length > 0);
  const onKeyDown = (event: KeyboardEvent) => {
    const onwards = i18n.dir() === 'rtl' ? -1 : 1;
    const step = { ArrowRight: onwards, ArrowLeft: -onwards, ArrowDown: 2, ArrowUp: -2 }[event.key];
    const cards = [...(box.current?.querySelectorAll<HTMLElement>('[data-card]') ?? [])];
    const at = cards.indexOf(document.activeElement as HTMLElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = Math.abs(step) === 1 ? cards[at + step] : nearest(cards, at, step > 0 ? 1 : -1);
    next?.focus();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- arrow keys move between the buttons inside
    <div ref={box} className={classes.groups} onKeyDown={onKeyDown}>
      {groups.map((group) => (
        <section key={group.state} aria-label={t(`common:presence.${group.state}`)}>
          <h3 className={classes.state}>
            <PresenceDot state={group.state} />
            {t(`common:presence.${group.state}`)}
            <span className={classes.count}>{group.agents.length}</span>
            {group.state === 'offline' && (
              <button
                type="button"
                className={classes.fold}
                aria-expanded={offline}
                onClick={() => setOffline(!offline)}
              >
                {t(offline ? 'hideOffline' : 'showOffline')}
              </button>
            )}
          </h3>
          {(group.state !== 'offline' || offline) && (
            <ul className={classes.grid}>
              {group.agents.map((agent) => (
                <AgentCard key={agent.person_id} agent={agent} channels={channels} />
              ))}
            </ul>
          )}
        </section>
      ))}
    </div>
  );
}

/** The card closest in the next row below (1) or above (-1). */
function nearest(cards: readonly HTMLElement[], at: number, way: 1 | -1): HTMLElement | undefined {
  const here = cards[at]?.getBoundingClientRect();
  if (!here) return undefined;
  const beyond = cards
    .map((card) => ({ card, box: card.getBoundingClientRect() }))
    .filter(({ box }) => (way > 0 ? box.top >= here.bottom : box.bottom <= here.top));
  const gap = ({ box }: { box: DOMRect }) =>
    Math.abs(box.top - here.top) * 4 + Math.abs(box.left - here.left);
  return beyond.sort((a, b) => gap(a) - gap(b))[0]?.card;
}

function AgentCard({ agent, channels }: { agent: AgentNow; channels: ReadonlySet<Channel> }) {
  const { t, i18n } = useTranslation(['live', 'common']);
  const navigate = useNavigate();
  const orders = useCan('presence.set_others');
  const setState = useSetState();
  const open = () =>
    void navigate({ to: '.', search: (now) => ({ ...now, agent: agent.person_id }) });
  const choices: Presence[] = STATES.filter((state) => state !== agent.state);
  return (
    <li className={classes.card} data-state={agent.state}>
      <button
        type="button"
        data-card
        className={classes.open}
        aria-label={t('openAgent', {
          name: agent.name,
          state: t(`common:presence.${agent.state}`),
        })}
        onClick={open}
      >
        <span className={classes.name} dir="auto">
          {agent.name}
        </span>
        <InState agent={agent} />
        <Load agent={agent} channels={channels} />
        <span className={classes.place}>
          {[agent.team_name, agent.site_name]
            .flatMap((one) => (one ? [isolate(one, i18n.dir())] : []))
            .join(' · ')}
        </span>
      </button>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon
            className={classes.more ?? ''}
            aria-label={t('actionsFor', { name: agent.name })}
          >
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconMessages size={14} aria-hidden />} onClick={open}>
            {t('seeConversations', { count: agent.conversations.length })}
          </Menu.Item>
          {orders && (
            <>
              <Menu.Label>{t('setState')}</Menu.Label>
              {choices.map((state) => (
                <Menu.Item
                  key={state}
                  leftSection={<PresenceDot state={state} />}
                  onClick={() => setState.mutate({ agent, state })}
                >
                  {t(`common:presence.${state}`)}
                </Menu.Item>
              ))}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

/** How long in the state; marked when that is long for it. */
export function InState({ agent }: { agent: AgentNow }) {
  const { t } = useTranslation('live');
  const format = useFormat();
  const now = useNow();
  const seconds = Math.max(0, (now - new Date(agent.since).getTime()) / 1000);
  const long = seconds > (LONG[agent.state] ?? Infinity);
  return (
    <span
      className={classes.since}
      data-long={long}
      title={long ? t('longInState') : format.exact(agent.since)}
    >
      {long && <IconAlertTriangleFilled size={12} aria-hidden />}
      {seconds < 3600 ? format.counter(seconds) : format.duration(seconds)}
      {long && <span className="visually-hidden">{t('longInState')}</span>}
    </span>
  );
}

export function Load({ agent, channels }: { agent: AgentNow; channels?: ReadonlySet<Channel> }) {
  const { t } = useTranslation(['live', 'common']);
  const shown = CHANNELS.filter(
    (channel) =>
      (agent.load[channel] ?? 0) > 0 ||
      (agent.capacity[channel] > 0 && (!channels || channels.has(channel))),
  );
  return (
    <span className={classes.load}>
      {shown.map((channel) => {
        const held = agent.load[channel] ?? 0;
        const room = agent.capacity[channel];
        return (
          <span
            key={channel}
            className={classes.channel}
            data-held={held > 0}
            data-full={held >= room && room > 0}
            title={t('common:presence.holds', {
              channel: t(`common:channel.${channel}`),
              held,
              room,
            })}
          >
            <ChannelIcon channel={channel} size={12} />
            {`${held}/${room}`}
          </span>
        );
      })}
    </span>
  );
}
