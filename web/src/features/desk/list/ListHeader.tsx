/** Views with counts, filters, sorting and saved views. */
import { Menu } from '@mantine/core';
import { IconArrowsSort, IconBookmark, IconChevronDown, IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { conversationsApi, countsQuery, viewsQuery, type ViewName } from '@/api/conversations';
import { queuesQuery } from '@/api/routing';
import { useCan, useMe } from '@/api/session';
import { useActions } from '@/components/actions';
import { toastError } from '@/components/errors';
import { useFormat } from '@/components/format';
import { showToast } from '@/components/toasts';
import { FilterMenu } from '@/features/desk/list/FilterMenu';
import { isBuiltIn, viewsFor } from '@/features/desk/list/views';
import classes from './ListHeader.module.css';

export function ListHeader() {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const { tabs, more } = viewsFor(useCan('conversations.reply'));
  const { view } = useParams({ from: '/shell/desk/$view' });
  const search = useSearch({ from: '/shell/desk/$view' });
  const { data: counts } = useQuery(countsQuery);
  const { data: saved } = useQuery(viewsQuery);
  const count = (name: ViewName) => (name === 'all' ? 0 : (counts?.[name] ?? 0));
  const shownCount = (value: number) => (value > 998 ? '999+' : format.number(value));
  const go = (name: string) =>
    void navigate({ to: '/desk/$view', params: { view: name }, search: {} });

  useActions([
    ...[...tabs, ...more].map((name, index) => ({
      id: `view.${name}`,
      name: t('list.show', { view: t(`view.${name}`) }),
      group: t('group.list'),
      keys: String(index + 1),
      run: () => go(name),
    })),
    ...(saved?.items ?? []).map((one) => ({
      id: `view.${one.id}`,
      name: t('list.show', { view: one.name }),
      group: t('group.list'),
      run: () => go(one.id),
    })),
  ]);

  const save = useMutation({
    mutationFn: conversationsApi.saveView,
    onSuccess: (made) => {
      void queryClient.invalidateQueries({ queryKey: viewsQuery.queryKey });
      go(made.id);
    },
    onError: toastError,
  });
  const drop = useMutation({
    mutationFn: conversationsApi.dropView,
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: viewsQuery.queryKey });
      go(tabs[0]);
    },
    onError: toastError,
  });
  const currentSaved = saved?.items.find((one) => one.id === view);
  const removeView = () => {
    if (!currentSaved) return;
    const { id, name, filter } = currentSaved;
    drop.mutate(id, {
      onSuccess: () =>
        showToast({
          text: t('list.viewRemoved', { name }),
          action: { name: t('action.undo'), run: () => save.mutate({ name, filter }) },
        }),
    });
  };
  const inMore = !tabs.includes(view as ViewName);
  const moreName = currentSaved?.name ?? (isBuiltIn(view) ? t(`view.${view}`) : '');
  return (
    <header className={classes.header}>
      <nav className={classes.tabs} aria-label={t('list.views')}>
        {tabs.map((name) => (
          <Link
            key={name}
            to="/desk/$view"
            params={{ view: name }}
            search={{}}
            className={classes.tab}
            data-active={view === name}
            aria-current={view === name ? 'page' : undefined}
          >
            {t(`view.${name}`)}
            {count(name) > 0 && <span className={classes.count}>{shownCount(count(name))}</span>}
          </Link>
        ))}
        <Menu width={220} position="bottom-start">
          <Menu.Target>
            <button type="button" className={classes.tab} data-active={inMore}>
              {inMore ? (
                <span className={classes.moreName}>{moreName}</span>
              ) : (
                count('mentioned') > 0 && '@'
              )}
              {!inMore && count('mentioned') > 0 && (
                <span className={classes.count}>{shownCount(count('mentioned'))}</span>
              )}
              <span className="visually-hidden">{t('list.moreViews')}</span>
              <IconChevronDown size={14} aria-hidden />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {more.map((name) => (
              <Menu.Item
                key={name}
                onClick={() => go(name)}
                rightSection={
                  count(name) > 0 && (
                    <span className={classes.count}>{shownCount(count(name))}</span>
                  )
                }
              >
                {t(`view.${name}`)}
              </Menu.Item>
            ))}
            {(saved?.items.length ?? 0) > 0 && <Menu.Label>{t('list.saved')}</Menu.Label>}
            {saved?.items.map((one) => (
              <Menu.Item
                key={one.id}
                leftSection={<IconBookmark size={14} />}
                onClick={() => go(one.id)}
              >
                {one.name}
              </Menu.Item>
            ))}
            {currentSaved && (
              <Menu.Item color="red" onClick={removeView}>
                {t('list.removeView', { name: currentSaved.name })}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </nav>
      <div className={classes.tools}>
        <Menu width={200} position="bottom-start">
          <Menu.Target>
            <button type="button" className={classes.sort}>
              <IconArrowsSort size={14} aria-hidden />
              <span className="visually-hidden">{t('list.sort')}</span>
              {t(`list.sorts.${search.sort ?? 'waiting'}`)}
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {(['waiting', 'newest'] as const).map((one) => (
              <Menu.Item
                key={one}
                aria-current={(search.sort ?? 'waiting') === one}
                onClick={() =>
                  void navigate({
                    to: '.',
                    search: (now) => ({ ...now, sort: one === 'newest' ? one : undefined }),
                  })
                }
              >
                {t(`list.sorts.${one}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <FilterMenu onSave={(name) => save.mutate({ name, filter: toFilter(search) })} />
      </div>
      <FilterChips />
    </header>
  );
}

function toFilter<Search extends { sort?: unknown; watch?: unknown }>(
  search: Search,
): Omit<Search, 'sort' | 'watch'> {
  const filter = { ...search };
  delete filter.sort;
  delete filter.watch;
  return filter;
}

/** The filters that are on, each to be taken off. */
function FilterChips() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const filters = toFilter(useSearch({ from: '/shell/desk/$view' }));
  const { data: queues } = useQuery({ ...queuesQuery(), enabled: Boolean(filters.queue_id) });
  const names: Record<string, string | undefined> = {
    client_id: me.clients.find((one) => one.id === filters.client_id)?.name,
    queue_id: queues?.items.find((one) => one.id === filters.queue_id)?.name,
    channel: filters.channel && t(`channel.${filters.channel}`),
    status: filters.status && t(`status.${filters.status}`),
    priority: filters.priority && t('priority.is', { priority: t(`priority.${filters.priority}`) }),
    tag: filters.tag && `#${filters.tag}`,
    assignee_id: filters.assignee_id === me.person.id ? t('list.me') : t('list.oneAgent'),
    program_id: t('list.oneProgram'),
  };
  const entries = Object.entries(filters).filter(([, value]) => value);
  if (entries.length === 0) return null;
  return (
    <div className={classes.chips}>
      {entries.map(([key]) => (
        <button
          key={key}
          type="button"
          className={classes.chip}
          aria-label={t('list.removeFilter', { name: names[key] ?? key })}
          onClick={() =>
            void navigate({
              to: '.',
              search: (now) =>
                Object.fromEntries(Object.entries(now).filter(([one]) => one !== key)),
            })
          }
        >
          {names[key] ?? key}
          <IconX size={12} aria-hidden />
        </button>
      ))}
    </div>
  );
}
