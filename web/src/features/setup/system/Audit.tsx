/** Who changed what, from what to what, when and from where. */
import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconChevronRight, IconX } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import i18next from 'i18next';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueryValues } from '@/api/http';
import { pagesAt } from '@/api/pages';
import { useMe } from '@/api/session';
import type { Instant, Person, Uuid } from '@/api/types';
import { Brand } from '@/components/Brand';
import { Listing } from '@/components/Listing';
import { Empty } from '@/components/States';
import { When } from '@/components/Times';
import { allOf } from '@/features/setup/parts/collection';
import { dayOf } from '@/features/setup/parts/days';
import { Chains } from '@/features/setup/system/Chains';
import classes from './Audit.module.css';

interface Entry {
  id: Uuid;
  at: Instant;
  person_id: Uuid | null;
  actor_name: string;
  action: string;
  subject_type: string;
  subject_id: Uuid;
  client_id: Uuid | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  ip: string | null;
  request_id: string | null;
  glass_id: Uuid | null;
  erased_at: Instant | null;
  number: number | null;
  hash: string | null;
}

type Kind = 'all' | 'changes' | 'reads';

const auditPages = (filter: QueryValues) =>
  pagesAt<Entry>(['setup', 'audit', filter], '/api/audit', filter, { staleTime: 10_000 });

export function Audit() {
  const { t } = useTranslation(['setup', 'common']);
  const search: Record<string, string> = useSearch({ strict: false });
  const filter = {
    client_id: search.client,
    person_id: search.person,
    subject_id: search.subject,
    glass_id: search.glass,
    reads: search.kind === 'reads' ? true : search.kind === 'changes' ? false : undefined,
    from: dayOf(search.from, 0),
    to: dayOf(search.to, 1),
  };
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <div className={classes.title}>
          <Link to="/setup" className={classes.up}>
            {t('title')}
          </Link>
          <h1>{t('common:setupSection.audit')}</h1>
          <p>{t('audit.lead')}</p>
        </div>
        <Filters />
      </header>
      <Chains clientId={search.client} />
      <Listing
        query={useInfiniteQuery(auditPages(filter))}
        skeletons={{ count: 10, height: 48 }}
        none={<Empty title={t('empty.audit.title')}>{t('empty.audit.hint')}</Empty>}
      >
        {(entries) => (
          <ol className={classes.list}>
            {entries.map((entry) => (
              <Line key={entry.id} entry={entry} />
            ))}
          </ol>
        )}
      </Listing>
    </div>
  );
}

function Filters() {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const navigate = useNavigate();
  const search: Record<string, string> = useSearch({ strict: false });
  const [text, setText] = useState('');
  const [subject, setSubject] = useState(search.subject ?? '');
  const wanted = useDeferredValue(text.trim());
  const people = useQuery({
    ...allOf<Person>('people', wanted ? { search: wanted } : {}),
    enabled: me.permissions.includes('people.read'),
  });
  const put = (key: string, value: string | null) =>
    void navigate({
      to: '.',
      replace: true,
      search: Object.fromEntries(
        Object.entries({ ...search, [key]: value ?? '' }).filter(([, one]) => one),
      ),
    });
  return (
    <div className={classes.filters} role="search" aria-label={t('audit.filter')}>
      <SegmentedControl
        size="xs"
        className={classes.kind ?? ''}
        aria-label={t('audit.kind.label')}
        data={(['all', 'changes', 'reads'] satisfies Kind[]).map((kind) => ({
          value: kind,
          label: t(`audit.kind.${kind}`),
        }))}
        value={search.kind ?? 'all'}
        onChange={(kind) => put('kind', kind === 'all' ? null : kind)}
      />
      {me.clients.length > 1 && (
        <Select
          size="xs"
          clearable
          searchable
          label={t('field.client')}
          data={me.clients.map((one) => ({ value: one.id, label: one.name }))}
          value={search.client ?? null}
          onChange={(value) => put('client', value)}
        />
      )}
      <Select
        size="xs"
        clearable
        searchable
        label={t('audit.who')}
        data={(people.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
        value={search.person ?? null}
        onSearchChange={setText}
        onChange={(value) => put('person', value)}
      />
      {(['from', 'to'] as const).map((end) => (
        <TextInput
          key={end}
          type="date"
          size="xs"
          label={t(`audit.${end}Day`)}
          value={search[end] ?? ''}
          onChange={(event) => put(end, event.currentTarget.value || null)}
        />
      ))}
      {search.glass && (
        <Button
          size="xs"
          variant="light"
          color="red"
          className={classes.chip ?? ''}
          rightSection={<IconX size={14} aria-hidden />}
          title={t('audit.allAgain')}
          aria-label={`${t('audit.onlyGlass')}: ${t('audit.allAgain')}`}
          onClick={() => put('glass', null)}
        >
          {t('audit.onlyGlass')}
        </Button>
      )}
      <TextInput
        size="xs"
        label={t('audit.subject')}
        placeholder={t('audit.subjectHint')}
        value={subject}
        onChange={(event) => setSubject(event.currentTarget.value)}
        onBlur={() => put('subject', subject.trim() || null)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') put('subject', subject.trim() || null);
        }}
      />
    </div>
  );
}

const nameIn = (values: Record<string, unknown> | null) => {
  const name = values?.name ?? values?.address ?? values?.email;
  return typeof name === 'string' ? name : null;
};

/** What was done: in words of its own where the verb and the noun read badly together. */
function useDeed(): (action: string) => string {
  const { t } = useTranslation('setup');
  const word = t as (key: string, otherwise?: string) => string;
  return (action) => {
    const own = `audit.action.${action.replace('.', '_')}`;
    if (i18next.exists(own, { ns: 'setup' })) return word(own);
    const [noun = '', verb = ''] = action.split('.');
    return [
      word(`audit.verb.${verb}`, verb.replaceAll('_', ' ')),
      word(`audit.noun.${noun}`, noun.replaceAll('_', ' ')),
    ].join(' ');
  };
}

function Line({ entry }: { entry: Entry }) {
  const { t } = useTranslation(['setup', 'common']);
  const deed = useDeed();
  const [open, setOpen] = useState(false);
  const keys = [
    ...new Set([...Object.keys(entry.before ?? {}), ...Object.keys(entry.after ?? {})]),
  ].sort();
  const name = nameIn(entry.after) ?? nameIn(entry.before);
  return (
    <li className={classes.entry}>
      <button
        type="button"
        className={classes.line}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <IconChevronRight size={14} aria-hidden className={classes.chevron} data-open={open} />
        <span className={classes.when}>
          <When at={entry.at} />
        </span>
        <span className={classes.what}>
          <strong dir="auto">{entry.actor_name}</strong> {deed(entry.action)}
          {name && <em dir="auto">{name}</em>}
          {entry.action.startsWith('request.') && <em dir="ltr">{String(entry.after?.route)}</em>}
        </span>
        {entry.client_id && <Brand clientId={entry.client_id} />}
      </button>
      {open && (
        <div className={classes.detail}>
          {keys.length > 0 ? (
            <table className={classes.diff}>
              <thead>
                <tr>
                  <th scope="col">{t('audit.field')}</th>
                  <th scope="col">{t('audit.before')}</th>
                  <th scope="col">{t('audit.after')}</th>
                </tr>
              </thead>
              <tbody>
                {keys.map((key) => (
                  <tr key={key}>
                    <th scope="row">{key}</th>
                    <td>
                      <Value value={entry.before?.[key]} kind="old" />
                    </td>
                    <td>
                      <Value value={entry.after?.[key]} kind="new" />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : (
            <p className={classes.facts}>
              {entry.erased_at ? t('audit.erased') : t('audit.noFields')}
            </p>
          )}
          <p className={classes.facts}>
            <span>{entry.action}</span>
            <span>
              <When at={entry.at} style="date" /> <When at={entry.at} style="time" />
            </span>
            {entry.ip && <span>{t('audit.from', { ip: entry.ip })}</span>}
            {entry.number !== null && (
              <span>
                {t('audit.sealed', { number: entry.number, hash: entry.hash?.slice(0, 12) })}
              </span>
            )}
            {entry.glass_id && (
              <Link to="." search={{ glass: entry.glass_id }}>
                {t('audit.underGlass')}
              </Link>
            )}
            {entry.request_id && <span>{t('audit.request', { id: entry.request_id })}</span>}
            <Link to="." search={{ subject: entry.subject_id }}>
              {t('audit.history')}
            </Link>
          </p>
        </div>
      )}
    </li>
  );
}

function Value({ value, kind }: { value: unknown; kind: 'old' | 'new' }) {
  if (value === undefined || value === null || value === '') {
    return <span className={classes.nothing}>{'–'}</span>;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1);
  return kind === 'old' ? (
    <del className={classes.old}>{text}</del>
  ) : (
    <ins className={classes.new}>{text}</ins>
  );
}
