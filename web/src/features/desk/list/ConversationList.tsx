/** The list at the left: virtual, sorted by what costs most if left, moved through by keys. */
import { IconInbox } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { conversationList, conversationQuery, threadQuery } from '@/api/conversations';
import { useMe } from '@/api/session';
import type { Conversation } from '@/api/types';
import { useActions } from '@/components/actions';
import { usePreferences } from '@/components/preferences';
import { Empty, Failed, RowSkeletons } from '@/components/States';
import { ConversationRow } from '@/features/desk/list/ConversationRow';
import { useDeskFilter } from '@/features/desk/list/useDeskFilter';
import { isBuiltIn } from '@/features/desk/list/views';
import { useStableOrder } from '@/features/desk/list/useStableOrder';
import classes from './ConversationList.module.css';

/** Fetches what opening a conversation needs, so that opening it does not wait. */
export function warm(row: Conversation): void {
  if (!queryClient.getQueryData(conversationQuery(row.id).queryKey)) {
    queryClient.setQueryData(conversationQuery(row.id).queryKey, row);
  }
  void queryClient.prefetchQuery(threadQuery(row.id, row.last_seq));
}

export function ConversationList() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const filter = useDeskFilter();
  const { view = 'mine', conversationId } = useParams({ strict: false });
  const { density } = usePreferences();
  const query = useInfiniteQuery(conversationList(filter));
  const [pointerOver, setPointerOver] = useState(false);
  const fetched = useMemo(
    () => query.data?.pages.flatMap((page) => page.items) ?? [],
    [query.data],
  );
  const rows = useStableOrder(fetched, pointerOver, JSON.stringify(filter));
  const [cursorId, setCursorId] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (density === 'compact' ? 60 : 80),
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
  });
  useEffect(() => virtual.measure(), [density, virtual]);

  const cursor = rows.findIndex((row) => row.id === (cursorId ?? conversationId));
  const items = virtual.getVirtualItems();
  const last = items[items.length - 1]?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= rows.length - 15) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, rows.length]);

  const focusRow = (index: number) => {
    const row = rows[index];
    if (!row) return;
    setCursorId(row.id);
    for (const one of [rows[index - 1], rows[index + 1]]) if (one) warm(one);
    virtual.scrollToIndex(index);
    const focus = () => {
      const element = scroller.current?.querySelector<HTMLElement>(`[data-row="${row.id}"]`);
      element?.focus({ preventScroll: true });
      return Boolean(element);
    };
    if (!focus()) requestAnimationFrame(focus);
  };
  const onFocus = useCallback(
    (id: string) => {
      setCursorId(id);
      const row = fetched.find((one) => one.id === id);
      if (row) warm(row);
    },
    [fetched],
  );
  const open = (row: Conversation | undefined) => {
    if (!row) return;
    warm(row);
    void navigate({
      to: '/desk/$view/$conversationId',
      params: { view, conversationId: row.id },
      search: true,
    });
  };
  const group = t('group.list');
  useActions([
    {
      id: 'list.next',
      name: t('list.next'),
      group,
      keys: 'j',
      hidden: true,
      run: () => focusRow(Math.min(rows.length - 1, cursor + 1)),
    },
    {
      id: 'list.previous',
      name: t('list.previous'),
      group,
      keys: 'k',
      hidden: true,
      run: () => focusRow(Math.max(0, cursor - 1)),
    },
    {
      id: 'list.open',
      name: t('list.open'),
      group,
      keys: 'enter',
      hidden: true,
      run: () => open(rows[Math.max(0, cursor)]),
    },
  ]);

  if (query.isPending || (rows.length === 0 && hasNextPage)) {
    return <RowSkeletons count={8} height={density === 'compact' ? 60 : 80} />;
  }
  if (query.isError && rows.length === 0) {
    return <Failed error={query.error} retry={() => void query.refetch()} />;
  }
  if (rows.length === 0) {
    const name = isBuiltIn(view) ? view : 'filtered';
    return (
      <Empty icon={<IconInbox size={32} stroke={1.25} />} title={t(`list.empty.${name}.title`)}>
        {t(`list.empty.${name}.hint`)}
      </Empty>
    );
  }
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      onPointerEnter={() => setPointerOver(true)}
      onPointerLeave={() => setPointerOver(false)}
      onPointerOver={(event) => {
        const id = (event.target as HTMLElement).closest<HTMLElement>('[data-row]')?.dataset.row;
        const row = id && fetched.find((one) => one.id === id);
        if (row) warm(row);
      }}
    >
      <ul className={classes.rows} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <li
              key={item.key}
              className={classes.item}
              style={{ transform: `translateY(${item.start}px)` }}
              aria-setsize={hasNextPage ? -1 : rows.length}
              aria-posinset={item.index + 1}
            >
              <ConversationRow
                row={row}
                view={view}
                open={row.id === conversationId}
                focusable={item.index === Math.max(0, cursor)}
                mine={row.assignee_id === me.person.id}
                onFocus={onFocus}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
