/** Everything that is due at all clients, the most urgent first; each leads to where it is done. */
import { Select } from '@mantine/core';
import { IconAlertCircle, IconCalendarCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { Uuid } from '@/api/types';
import { Brand } from '@/components/Brand';
import { useNow } from '@/components/clock';
import { Listing } from '@/components/Listing';
import { Empty } from '@/components/States';
import classes from '@/features/compliance/Compliance.module.css';
import { DEADLINES, deadlinesQuery, type Deadline } from '@/features/compliance/data';
import { Due } from '@/features/compliance/Due';

const PLACES: Record<Deadline['kind'], string> = {
  request: 'requests',
  duty: 'incidents',
  review: 'break-glass',
  hold: 'retention',
  purge: 'retention',
  shredding: 'keys',
};

const SPANS = ['overdue', 'today', 'week', 'later'] as const;
type Span = (typeof SPANS)[number];

export function Deadlines() {
  const { t } = useTranslation('compliance');
  const me = useMe();
  const [client, setClient] = useState<Uuid | null>(null);
  const [kind, setKind] = useState<string | null>(null);
  return (
    <>
      <div className={classes.bar}>
        <p>{t('deadlines.lead')}</p>
        <div className={classes.acts}>
          <Select
            clearable
            aria-label={t('client')}
            placeholder={t('deadlines.allClients')}
            value={client}
            onChange={setClient}
            data={me.clients.map((one) => ({ value: one.id, label: one.name }))}
          />
          <Select
            clearable
            aria-label={t('deadlines.kind')}
            placeholder={t('deadlines.allKinds')}
            value={kind}
            onChange={setKind}
            data={DEADLINES.map((one) => ({ value: one, label: t(`deadlines.of.${one}`) }))}
          />
        </div>
      </div>
      <Listing
        query={useInfiniteQuery(deadlinesQuery(client, kind))}
        none={
          <Empty
            icon={<IconCalendarCheck size={32} stroke={1.4} aria-hidden />}
            title={t('deadlines.none')}
          >
            {t('deadlines.noneHint')}
          </Empty>
        }
      >
        {(items) => <Spans items={items} />}
      </Listing>
    </>
  );
}

function Spans({ items }: { items: Deadline[] }) {
  const now = useNow(15);
  return SPANS.map((span) => {
    const within = items.filter((one) => spanOf(one, now) === span);
    return within.length > 0 && <Within key={span} span={span} items={within} />;
  });
}

function Within({ span, items }: { span: Span; items: Deadline[] }) {
  const { t } = useTranslation('compliance');
  const heading = useId();
  return (
    <section>
      <h2 id={heading} className={classes.span} data-late={span === 'overdue'}>
        {span === 'overdue' && <IconAlertCircle size={16} aria-hidden />}
        {t(`deadlines.${span}`)}
      </h2>
      <ul className={classes.list} aria-labelledby={heading}>
        {items.map((one) => (
          <Row key={one.id} one={one} late={span === 'overdue'} />
        ))}
      </ul>
    </section>
  );
}

function Row({ one, late }: { one: Deadline; late: boolean }) {
  const { t } = useTranslation('compliance');
  const text = useText(one);
  return (
    <li>
      <div className={classes.whose}>
        <Brand clientId={one.client_id} />
      </div>
      <div className={classes.what}>
        <Link
          to="/compliance/$section"
          params={{ section: PLACES[one.kind] }}
          search={{
            client: one.client_id,
            item: one.id,
            ...(one.incident_id && { incident: one.incident_id }),
          }}
        >
          {text}
        </Link>
        {one.kind !== 'review' && one.words && (
          <span>
            <bdi>{one.words}</bdi>
          </span>
        )}
      </div>
      <span className={classes.when} data-late={late}>
        {t(late ? 'deadlines.since' : 'due')} <Due at={one.due_at} />
      </span>
    </li>
  );
}

/** What is to be done. */
function useText(one: Deadline): string {
  const { t } = useTranslation('compliance');
  switch (one.kind) {
    case 'request':
      return t(`deadlines.request.${one.what}`);
    case 'duty':
      return t(`duty.${one.what}`);
    case 'review':
      return t('deadlines.review', { name: one.words });
    case 'hold':
      return t('deadlines.hold', { what: t(`scope.${one.what}`) });
    case 'purge':
      return t('deadlines.purge', { what: t(`class.${one.what}`) });
    case 'shredding':
      return t('deadlines.shredding');
  }
}

function spanOf(one: Deadline, now: number): Span {
  const due = Date.parse(one.due_at);
  if (due < now) return 'overdue';
  if (new Date(due).toDateString() === new Date(now).toDateString()) return 'today';
  return due - now < 7 * 86_400_000 ? 'week' : 'later';
}
