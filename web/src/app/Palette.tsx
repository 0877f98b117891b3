/** The command palette and the list of all keys. */
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  useDeferredValue,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
} from 'react';
import { useTranslation } from 'react-i18next';
import { searchQuery } from '@/api/conversations';
import { customerSearchQuery } from '@/api/customers';
import { useCan } from '@/api/session';
import { fit } from '@/app/fit';
import { closePalette, openKeys, openPalette, usePaletteState } from '@/app/paletteState';
import { type Action, isComposing, useActions, useAllActions } from '@/components/actions';
import { Brand } from '@/components/Brand';
import { ChannelIcon } from '@/components/ChannelIcon';
import { Keys } from '@/components/Keys';
import classes from './Palette.module.css';

interface Entry {
  id: string;
  group: string;
  name: string;
  keys?: string;
  side?: React.ReactNode;
  icon?: React.ReactNode;
  run: () => void;
}

/** What is at hand comes first; groups of other places come between. */
const ORDER = [
  'offer',
  'conversation',
  'composer',
  'customer',
  'list',
  'go',
  'presence',
  'general',
  'settings',
] as const;
const OTHERS_AT = 3.5;

/** The field is there with the key that opens it: what is typed right after must not reach the actions below. */
const NO_TRANSITION = { duration: 0 };

export function Palette() {
  const { t } = useTranslation();
  const state = usePaletteState();
  const group = t('group.general');
  useActions([
    {
      id: 'palette',
      name: t('palette.title'),
      group,
      keys: 'mod+k',
      whileTyping: true,
      hidden: true,
      run: () => (state.open === 'palette' ? closePalette() : openPalette('')),
    },
    { id: 'keys', name: t('palette.keys'), group, keys: '?', run: openKeys },
  ]);
  return (
    <>
      <Modal.Root
        opened={state.open === 'palette'}
        onClose={closePalette}
        size={600}
        centered={false}
        yOffset="12vh"
        transitionProps={NO_TRANSITION}
      >
        <Modal.Overlay />
        <Modal.Content aria-label={t('palette.title')}>
          <Modal.Body p={0}>
            {state.open === 'palette' && <PaletteBody initial={state.text} />}
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
      <Modal
        opened={state.open === 'keys'}
        onClose={closePalette}
        title={t('palette.keys')}
        size={760}
      >
        <KeyList />
      </Modal>
    </>
  );
}

function useEntries(query: string): Entry[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const actions = useAllActions();
  const reads = useCan('conversations.read');
  const readsCustomers = useCan('customers.read');
  const q = useDeferredValue(query.trim());
  const hits = useQuery({ ...searchQuery(q), enabled: reads && q.length > 2 });
  const customers = useQuery({
    ...customerSearchQuery(q),
    enabled: readsCustomers && q.length > 2,
  });
  return useMemo(() => {
    const places = ORDER.map((name) => t(`group.${name}`));
    const placeOf = (group: string) => {
      const at = places.indexOf(group);
      return at < 0 ? OTHERS_AT : at;
    };
    const ranked = actions
      .filter((one) => !one.hidden)
      .map((one) => ({
        one,
        score: Math.max(fit(query, one.name), fit(query, one.words ?? '') * 0.5),
      }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || placeOf(a.one.group) - placeOf(b.one.group))
      .map(({ one }): Entry => ({
        id: one.id,
        group: one.group,
        name: one.name,
        run: one.run,
        ...(one.keys && { keys: one.keys }),
      }));
    if (q.length < 2) return ranked;
    const people = (customers.data?.items ?? []).slice(0, 5).map((row): Entry => ({
      id: `customer.${row.id}`,
      group: t('palette.customers'),
      name: [row.name, row.primary_identity].filter(Boolean).join(' · '),
      side: <Brand clientId={row.client_id} />,
      run: () => void navigate({ to: '/customers/$customerId', params: { customerId: row.id } }),
    }));
    const contacts = (hits.data?.items ?? []).slice(0, 6).map(({ conversation }): Entry => ({
      id: `conversation.${conversation.id}`,
      group: t('palette.conversations'),
      name: [conversation.customer_name, conversation.subject || conversation.preview].join(' · '),
      icon: <ChannelIcon channel={conversation.channel} />,
      side: <Brand clientId={conversation.client_id} />,
      run: () =>
        void navigate({
          to: '/desk/$view/$conversationId',
          params: { view: 'all', conversationId: conversation.id },
        }),
    }));
    const everywhere: Entry = {
      id: 'search.all',
      group: t('palette.conversations'),
      name: t('palette.searchAll', { q }),
      run: () => void navigate({ to: '/search', search: { q } }),
    };
    return [...ranked.slice(0, 6), ...people, ...contacts, ...(reads ? [everywhere] : [])];
  }, [actions, query, q, hits.data, customers.data, reads, navigate, t]);
}

function PaletteBody({ initial }: { initial: string }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState(initial);
  const [active, setActive] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const entries = useEntries(query);
  const index = Math.min(active, Math.max(0, entries.length - 1));

  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [index, entries]);

  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    closePalette();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setActive((index + step + entries.length) % Math.max(1, entries.length));
    } else if (event.key === 'Enter' && !isComposing(event.nativeEvent)) {
      event.preventDefault();
      choose(entries[index]);
    }
  };
  return (
    <div className={classes.palette}>
      <input
        ref={input}
        className={classes.input}
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={entries[index] ? `${listId}-${index}` : undefined}
        aria-label={t('palette.title')}
        placeholder={t('palette.placeholder')}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        id={listId}
        ref={list}
        role="listbox"
        aria-label={t('palette.title')}
        className={classes.list}
        hidden={entries.length === 0}
      >
        {entries.map((entry, position) => (
          <div key={entry.id} role="presentation">
            {entry.group !== entries[position - 1]?.group && (
              <div className={classes.group} role="presentation">
                {entry.group}
              </div>
            )}
            {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the input has the keys */}
            <div
              id={`${listId}-${position}`}
              role="option"
              tabIndex={-1}
              aria-selected={position === index}
              className={classes.entry}
              onMouseMove={() => setActive(position)}
              onClick={() => choose(entry)}
            >
              {entry.icon}
              <span className={classes.name} dir="auto">
                {entry.name}
              </span>
              {entry.side}
              {entry.keys && <Keys keys={entry.keys} />}
            </div>
          </div>
        ))}
      </div>
      {entries.length === 0 && (
        <div role="status" className={classes.none}>
          {t('palette.none')}
        </div>
      )}
    </div>
  );
}

function KeyList() {
  const actions = useAllActions();
  const groups = new Map<string, Action[]>();
  for (const action of actions) {
    if (action.keys) groups.set(action.group, [...(groups.get(action.group) ?? []), action]);
  }
  return (
    <div className={classes.keyList}>
      {[...groups].map(([group, members]) => (
        <section key={group}>
          <h3>{group}</h3>
          <ul>
            {members.map((action) => (
              <li key={action.id}>
                <span>{action.name}</span>
                <Keys keys={action.keys ?? ''} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
