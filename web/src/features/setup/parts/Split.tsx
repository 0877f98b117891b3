/** A kind of thing: its list on the left, the one that the address names on the right. */
import { Button, Select, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useDeferredValue, useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueryValues } from '@/api/http';
import { useMe } from '@/api/session';
import { isComposing, useActions } from '@/components/actions';
import { More, useItems } from '@/components/Listing';
import { Loaded } from '@/components/Loaded';
import { Empty, Failed, RowSkeletons } from '@/components/States';
import { BY_NAME, itemOf, pagesOf, type Named } from '@/features/setup/parts/collection';
import { Making, moved, type Opened } from '@/features/setup/parts/opened';
import type { SectionId } from '@/features/setup/sections';
import classes from './Split.module.css';

export interface Line {
  name: string;
  detail?: ReactNode;
  mark?: ReactNode;
  side?: ReactNode;
  /** Shown as out of use. */
  off?: boolean;
  /** More words to find it by. */
  words?: string;
}

interface Props<T extends Named> {
  section: SectionId;
  kind: string;
  /** The list can be narrowed to one client. */
  byClient?: boolean;
  /** The server searches; otherwise the loaded rows are. */
  serverSearch?: boolean;
  makes?: boolean;
  /** What else narrows the list: the request's words, and the fields to choose them. */
  narrowed?: { by: QueryValues; fields: ReactNode };
  lineOf: (item: T) => Line;
  /** The panel for an item, or for a new one (null). */
  children: (item: T | null) => ReactNode;
}

export function useClientFilter(): string | undefined {
  const search: Record<string, string> = useSearch({ strict: false });
  return search.client;
}

export function Split<T extends Named>(props: Props<T>) {
  const { section, kind, children } = props;
  const { t } = useTranslation(['setup', 'common']);
  const { itemId }: { itemId?: string } = useParams({ strict: false });
  const [before, setOpened] = useState<Opened>({ id: itemId, key: 0, made: null });
  const opened = moved(before, itemId);
  if (opened !== before) setOpened(opened);
  const tell = useCallback((id: string) => setOpened((now) => ({ ...now, made: id })), []);
  const isNew = itemId === 'new' && props.makes !== false;
  return (
    <div className={classes.split} data-open={Boolean(itemId)}>
      <ListPane {...props} itemId={itemId} />
      <div className={classes.work}>
        {itemId && (
          <h1 className={classes.alone}>
            <span className="visually-hidden">
              {t(`common:setupSection.${section}` as 'common:setupSection.queues')}
            </span>
          </h1>
        )}
        {itemId ? (
          <Making value={tell}>
            <Item<T> key={opened.key} kind={kind} id={isNew ? null : itemId}>
              {children}
            </Item>
          </Making>
        ) : (
          <Empty title={t(`empty.${section}.title` as 'empty.queues.title')}>
            <p>{t(`empty.${section}.hint` as 'empty.queues.hint')}</p>
          </Empty>
        )}
      </div>
    </div>
  );
}

/** The panel of a thing, or of a new one (`id` null), which stays the same panel once that has its id. */
function Item<T extends Named>({
  kind,
  id,
  children,
}: {
  kind: string;
  id: string | null;
  children: (item: T | null) => ReactNode;
}) {
  const known = useQuery({ ...itemOf<T>(kind, id ?? 'new'), enabled: id !== null });
  const nothing = useQuery({ queryKey: ['setup', kind, 'new'], initialData: null, enabled: false });
  return (
    <Loaded<T | null> query={id === null ? nothing : known} skeletons={{ count: 7, height: 72 }}>
      {(item) => <div className={classes.item}>{children(item)}</div>}
    </Loaded>
  );
}

function ListPane<T extends Named>({
  section,
  kind,
  byClient = false,
  serverSearch = false,
  makes = true,
  narrowed,
  lineOf,
  itemId,
}: Props<T> & { itemId: string | undefined }) {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const navigate = useNavigate();
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  const client = search.client;
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim());
  const filter: QueryValues = {
    ...(byClient && client && { client_id: client }),
    ...(serverSearch && wanted && { search: wanted }),
    ...narrowed?.by,
  };
  const query = useInfiniteQuery({
    ...pagesOf<T>(kind, filter),
    placeholderData: (before) => before,
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const loaded = useItems(query, BY_NAME.has(kind) ? (item) => lineOf(item).name : undefined);
  const lines = loaded.map((item) => ({ item, line: lineOf(item) }));
  const needle = wanted.toLocaleLowerCase();
  const shown =
    serverSearch || !needle
      ? lines
      : lines.filter(({ line }) =>
          `${line.name} ${line.words ?? ''}`.toLocaleLowerCase().includes(needle),
        );
  useEffect(() => {
    if (!serverSearch && needle && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [serverSearch, needle, hasNextPage, isFetchingNextPage, fetchNextPage, loaded.length]);
  // Who types fast presses Enter before the list is that of their words: it opens the first of those.
  const found = serverSearch ? !query.isPlaceholderData : shown.length > 0 || !hasNextPage;
  const settled = wanted === text.trim() && found;
  const awaited = useRef(false);
  useEffect(() => {
    if (!awaited.current || !settled) return;
    awaited.current = false;
    openFirst();
  });
  useEffect(() => {
    box.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [itemId]);

  const open = (id: string) =>
    void navigate({
      to: '/setup/$section/$itemId',
      params: { section, itemId: id },
      search: true,
    });
  const openFirst = () => {
    if (shown[0]) open(shown[0].item.id);
  };
  const step = (by: number) => {
    const at = shown.findIndex(({ item }) => item.id === itemId);
    const next = shown[at < 0 ? 0 : at + by];
    if (next) open(next.item.id);
  };
  const group = t('common:place.setup');
  useActions([
    { id: 'setup.next', name: t('list.next'), group, keys: 'j', run: () => step(1) },
    { id: 'setup.previous', name: t('list.previous'), group, keys: 'k', run: () => step(-1) },
    {
      id: 'setup.find',
      name: t('list.find'),
      group,
      keys: '/',
      run: () => input.current?.focus(),
    },
    ...(makes
      ? [
          {
            id: 'setup.new',
            name: t(`common:setupNew.${section}` as 'common:setupNew.queues'),
            group,
            keys: 'n',
            run: () => open('new'),
          },
        ]
      : []),
  ]);
  return (
    <section className={classes.pane} aria-label={t(`common:setupSection.${section}`)}>
      <header className={classes.paneHead}>
        <div className={classes.title}>
          <Link to="/setup" className={classes.up} aria-label={t('list.sections')}>
            {t('title')}
          </Link>
          <h1>{t(`common:setupSection.${section}`)}</h1>
          {makes && (
            <Button
              size="compact-sm"
              leftSection={<IconPlus size={14} aria-hidden />}
              title={`${t(`common:setupNew.${section}` as 'common:setupNew.queues')} (N)`}
              onClick={() => open('new')}
            >
              {t('list.new')}
            </Button>
          )}
        </div>
        <TextInput
          ref={input}
          size="xs"
          type="search"
          aria-label={t('list.find')}
          placeholder={t('list.find')}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={text}
          onChange={(event) => {
            awaited.current = false;
            setText(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !isComposing(event.nativeEvent)) {
              if (settled) openFirst();
              else awaited.current = true;
            }
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
        />
        {byClient && me.clients.length > 1 && (
          <Select
            size="xs"
            clearable
            aria-label={t('list.client')}
            placeholder={t('list.allClients')}
            data={me.clients.map((one) => ({ value: one.id, label: one.name }))}
            value={client ?? null}
            onChange={(value) =>
              void navigate({
                to: '.',
                search: { ...search, client: value ?? undefined },
                replace: true,
              })
            }
          />
        )}
        {narrowed?.fields}
      </header>
      <div ref={box} className={classes.list} aria-busy={query.isFetching}>
        {query.isPending ? (
          <RowSkeletons count={8} height={56} />
        ) : query.isError ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : shown.length === 0 ? (
          <div className={classes.none}>
            <p>{needle ? t('list.noneFound') : t('list.none')}</p>
            {!needle && (
              <p className={classes.teach}>{t(`empty.${section}.hint` as 'empty.queues.hint')}</p>
            )}
          </div>
        ) : (
          <ul>
            {shown.map(({ item, line }) => (
              <li key={item.id}>
                <Link
                  className={classes.line}
                  to="/setup/$section/$itemId"
                  params={{ section, itemId: item.id }}
                  search={true}
                  aria-current={item.id === itemId ? 'page' : undefined}
                  data-off={line.off ?? false}
                >
                  {line.mark}
                  <span className={classes.words}>
                    <span className={classes.name} dir="auto">
                      {line.name}
                    </span>
                    {line.detail && <span className={classes.detail}>{line.detail}</span>}
                  </span>
                  {line.off ? (
                    <span className={classes.tag}>{t('list.off')}</span>
                  ) : (
                    line.side && <span className={classes.side}>{line.side}</span>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        )}
        <More query={query} />
      </div>
    </section>
  );
}
