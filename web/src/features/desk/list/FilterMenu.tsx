/** Filters of the list, and keeping them as a view. */
import { ActionIcon, Button, Popover, Select, TextInput } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queuesQuery } from '@/api/routing';
import { useMe } from '@/api/session';
import { useActions } from '@/components/actions';
import classes from './FilterMenu.module.css';

const CHANNELS = ['chat', 'email', 'sms', 'social', 'voice'] as const;
const STATUSES = ['open', 'pending', 'resolved'] as const;
const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const;

export function FilterMenu({ onSave }: { onSave: (name: string) => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/desk/$view' });
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState('');
  const [tag, setTag] = useState(search.tag ?? '');
  const { data: queues } = useQuery({ ...queuesQuery(search.client_id), enabled: opened });
  useActions([
    {
      id: 'list.filter',
      name: t('list.filter'),
      group: t('group.list'),
      keys: 'f',
      run: () => setOpened(true),
    },
  ]);
  const set = (key: string, value: string | null) =>
    void navigate({
      to: '.',
      search: (now) => {
        const rest = Object.entries(now).filter(([one]) => one !== key);
        return Object.fromEntries(value ? [...rest, [key, value]] : rest);
      },
    });
  const active = Object.keys(search).some((key) => key !== 'sort' && key !== 'watch');
  const common = { size: 'xs' as const, clearable: true, comboboxProps: { withinPortal: false } };
  return (
    <Popover opened={opened} onChange={setOpened} width={280} position="bottom-start" trapFocus>
      <Popover.Target>
        <ActionIcon
          aria-label={t('list.filter')}
          title={t('list.filter')}
          aria-expanded={opened}
          variant={active ? 'light' : 'subtle'}
          color={active ? 'blue' : 'gray'}
          onClick={() => setOpened(!opened)}
        >
          <IconFilter size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={classes.form}>
        <Select
          {...common}
          label={t('filter.client')}
          data={me.clients.map((one) => ({ value: one.id, label: one.name }))}
          value={search.client_id ?? null}
          onChange={(value) => set('client_id', value)}
        />
        <Select
          {...common}
          label={t('filter.queue')}
          searchable
          data={(queues?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
          value={search.queue_id ?? null}
          onChange={(value) => set('queue_id', value)}
        />
        <Select
          {...common}
          label={t('filter.channel')}
          data={CHANNELS.map((one) => ({ value: one, label: t(`channel.${one}`) }))}
          value={search.channel ?? null}
          onChange={(value) => set('channel', value)}
        />
        <Select
          {...common}
          label={t('filter.status')}
          data={STATUSES.map((one) => ({ value: one, label: t(`status.${one}`) }))}
          value={search.status ?? null}
          onChange={(value) => set('status', value)}
        />
        <Select
          {...common}
          label={t('filter.priority')}
          data={PRIORITIES.map((one) => ({ value: one, label: t(`priority.${one}`) }))}
          value={search.priority ?? null}
          onChange={(value) => set('priority', value)}
        />
        <TextInput
          size="xs"
          label={t('filter.tag')}
          value={tag}
          onChange={(event) => setTag(event.currentTarget.value)}
          onBlur={() => set('tag', tag.trim() || null)}
        />
        {active && (
          <form
            className={classes.save}
            onSubmit={(event) => {
              event.preventDefault();
              if (!name.trim()) return;
              onSave(name.trim());
              setName('');
              setOpened(false);
            }}
          >
            <TextInput
              size="xs"
              label={t('filter.saveAs')}
              placeholder={t('filter.name')}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" size="compact-sm" disabled={!name.trim()}>
              {t('action.save')}
            </Button>
          </form>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
