/** The agent's own states of a day. */
import { ActionIcon, Table } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { statesQuery } from '@/api/routing';
import { useMe } from '@/api/session';
import type { AgentState, Presence } from '@/api/types';
import { useNow } from '@/components/clock';
import { useFormat } from '@/components/format';
import { Page } from '@/components/Page';
import { PresenceDot } from '@/components/PresenceDot';
import { Empty, Failed, RowSkeletons } from '@/components/States';
import { When } from '@/components/Times';
import classes from './StatesPage.module.css';

const DAY_MS = 86_400_000;

function dayBounds(back: number): { from: string; to: string } {
  const start = new Date();
  start.setHours(0, 0, 0, 0);
  start.setDate(start.getDate() - back);
  const end = new Date(start);
  end.setDate(end.getDate() + 1);
  return { from: start.toISOString(), to: end.toISOString() };
}

export function StatesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const [back, setBack] = useState(0);
  const { from, to } = dayBounds(back);
  const query = useQuery(statesQuery(me.person.id, from, to));
  const states = query.data?.items ?? [];
  return (
    <Page
      title={t('states.title')}
      lead={format.day(from)}
      actions={
        <>
          <ActionIcon
            variant="default"
            aria-label={t('states.before')}
            onClick={() => setBack(back + 1)}
          >
            <IconChevronLeft size={16} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            aria-label={t('states.after')}
            disabled={back === 0}
            onClick={() => setBack(back - 1)}
          >
            <IconChevronRight size={16} />
          </ActionIcon>
        </>
      }
    >
      {query.isPending ? (
        <RowSkeletons count={6} height={40} />
      ) : query.isError ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : states.length === 0 ? (
        <Empty title={t('states.none')}>{t('states.noneHint')}</Empty>
      ) : (
        <Day states={states} from={from} />
      )}
    </Page>
  );
}

function Day({ states, from }: { states: readonly AgentState[]; from: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(15);
  const start = new Date(from).getTime();
  const spans = useMemo(
    () =>
      states
        .map((one) => {
          const began = Math.max(start, new Date(one.began_at).getTime());
          const ended = Math.min(
            start + DAY_MS,
            one.ended_at ? new Date(one.ended_at).getTime() : now,
          );
          return { ...one, began, seconds: Math.max(0, (ended - began) / 1000) };
        })
        .filter((span) => span.seconds > 0),
    [states, start, now],
  );
  const totals = new Map<Presence, number>();
  for (const span of spans) totals.set(span.state, (totals.get(span.state) ?? 0) + span.seconds);
  return (
    <>
      <div className={classes.bar} aria-hidden>
        {spans.map((span) => (
          <span
            key={span.began_at}
            className={classes.span}
            data-state={span.state}
            title={`${t(`presence.${span.state}`)} · ${format.duration(span.seconds)}`}
            style={{
              insetInlineStart: `${((span.began - start) / DAY_MS) * 100}%`,
              width: `${((span.seconds * 1000) / DAY_MS) * 100}%`,
            }}
          />
        ))}
      </div>
      <dl className={classes.totals}>
        {[...totals]
          .sort((a, b) => b[1] - a[1])
          .map(([state, seconds]) => (
            <div key={state}>
              <dt>
                <PresenceDot state={state} />
                {t(`presence.${state}`)}
              </dt>
              <dd>{format.duration(seconds)}</dd>
            </div>
          ))}
      </dl>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('states.state')}</Table.Th>
            <Table.Th>{t('states.from')}</Table.Th>
            <Table.Th>{t('states.to')}</Table.Th>
            <Table.Th>{t('states.length')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...spans].reverse().map((span) => (
            <Table.Tr key={span.began_at}>
              <Table.Td>
                <span className={classes.state}>
                  <PresenceDot state={span.state} />
                  {t(`presence.${span.state}`)}
                </span>
              </Table.Td>
              <Table.Td>
                <When at={span.began_at} style="time" />
              </Table.Td>
              <Table.Td>
                {span.ended_at ? <When at={span.ended_at} style="time" /> : t('states.now')}
              </Table.Td>
              <Table.Td>{format.duration(span.seconds)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
