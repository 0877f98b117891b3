/** Every conversation by its words, best first. */
import { Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { searchQuery } from '@/api/conversations';
import { customerSearchQuery } from '@/api/customers';
import { useMe } from '@/api/session';
import type { SearchHit } from '@/api/types';
import { Brand } from '@/components/Brand';
import { ChannelIcon } from '@/components/ChannelIcon';
import { displayName } from '@/components/names';
import { Page } from '@/components/Page';
import { Empty, Failed, RowSkeletons } from '@/components/States';
import { When } from '@/components/Times';
import { ExactSearch } from '@/features/search/ExactSearch';
import { People } from '@/features/search/People';
import { splitSnippet } from '@/features/search/snippet';
import classes from './SearchPage.module.css';

const TYPING_PAUSE_MS = 200;

export function SearchPage() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const { q = '', client_id } = useSearch({ from: '/shell/search' });
  const [text, setText] = useState(q);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const told = useRef<string[]>([]);
  // The address follows what is typed: what it was told here never takes back what was typed since.
  useEffect(() => {
    const place = told.current.indexOf(q);
    if (place < 0) setText(q);
    told.current = told.current.slice(place + 1);
  }, [q]);
  useEffect(() => {
    if (text === q) return undefined;
    const timer = window.setTimeout(() => {
      told.current.push(text);
      void navigate({ to: '/search', search: (now) => ({ ...now, q: text }), replace: true });
    }, TYPING_PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text, q, navigate]);
  const hits = useQuery(searchQuery(q, client_id));
  const customers = useQuery(customerSearchQuery(q, client_id));
  const within = me.clients.find((one) => one.id === client_id);
  const finding = client_id ?? (me.clients.length === 1 ? me.clients[0]?.id : undefined);
  return (
    <Page title={t('search.title')}>
      <div className={classes.form} role="search">
        <TextInput
          className={classes.field}
          size="md"
          ref={field}
          leftSection={<IconSearch size={16} aria-hidden />}
          aria-label={t('search.label')}
          placeholder={t('search.label')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Select
          size="md"
          clearable
          aria-label={t('filter.client')}
          placeholder={t('search.allClients')}
          data={me.clients.map((one) => ({ value: one.id, label: one.name }))}
          value={client_id ?? null}
          onChange={(value) =>
            void navigate({
              to: '/search',
              search: { q, ...(value && { client_id: value }) },
              replace: true,
            })
          }
        />
      </div>
      {finding && <ExactSearch clientId={finding} />}
      {q.trim().length < 2 ? (
        <Empty title={t('search.start')}>
          {within ? t('search.startHintIn', { client: within.name }) : t('search.startHint')}
        </Empty>
      ) : (
        <>
          {(customers.data?.items.length ?? 0) > 0 && (
            <section className={classes.part}>
              <h2>{t('palette.customers')}</h2>
              <People found={customers.data?.items.slice(0, 6) ?? []} />
            </section>
          )}
          <section className={classes.part} aria-busy={hits.isFetching}>
            <h2>{t('palette.conversations')}</h2>
            {hits.isPending ? (
              <RowSkeletons count={5} height={72} />
            ) : hits.isError ? (
              <Failed error={hits.error} retry={() => void hits.refetch()} />
            ) : hits.data.items.length === 0 ? (
              <Empty title={t('search.none', { q })}>{t('search.noneHint')}</Empty>
            ) : (
              <ol className={classes.hits}>
                {hits.data.items.map((hit) => (
                  <Hit key={hit.conversation.id} hit={hit} />
                ))}
              </ol>
            )}
          </section>
        </>
      )}
    </Page>
  );
}

function Hit({ hit }: { hit: SearchHit }) {
  const { t } = useTranslation();
  const row = hit.conversation;
  return (
    <li>
      <Link
        className={classes.hit}
        to="/desk/$view/$conversationId"
        params={{ view: 'all', conversationId: row.id }}
        search={{}}
      >
        <span className={classes.line}>
          <ChannelIcon channel={row.channel} />
          <strong dir="auto">{displayName(row.customer_name)}</strong>
          <span className={classes.subject} dir="auto">
            {row.subject}
          </span>
          <span className={classes.quiet}>
            <When at={row.updated_at} />
          </span>
        </span>
        <span className={classes.snippet} dir="auto">
          {splitSnippet(hit.snippet).map((part, index) =>
            part.found ? (
              <mark key={index}>{part.text}</mark>
            ) : (
              <span key={index}>{part.text}</span>
            ),
          )}
        </span>
        <span className={classes.line}>
          <Brand clientId={row.client_id} />
          <span className={classes.quiet}>{t('case.number', { number: row.case_number })}</span>
          <span className={classes.quiet}>{t(`status.${row.status}`)}</span>
        </span>
      </Link>
    </li>
  );
}
