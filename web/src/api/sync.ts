/** Keeps the query cache true to the event stream: rows are patched in place, messages fetched after the last seq. */
import type { InfiniteData } from '@tanstack/react-query';
import { queryClient } from '@/api/client';
import {
  conversationQuery,
  conversationsByIds,
  countsQuery,
  newerMessages,
  pendingRepliesQuery,
  oneMessage,
  recordingPauseQuery,
  threadQuery,
  type ListFilter,
  type Thread,
} from '@/api/conversations';
import { mayStay } from '@/api/membership';
import { realtime, type DurableEvent, type Events } from '@/api/realtime';
import { offersQuery, presenceQuery } from '@/api/routing';
import { sessionQuery } from '@/api/session';
import type { Conversation, Items, Message, Offer, Page, Uuid } from '@/api/types';

type ListData = InfiniteData<Page<Conversation>, string | null>;

const LIST_KEY = ['conversations', 'list'];
const BATCH_MS = 30;
const LIST_MS = 800;

const myId = () => queryClient.getQueryData(sessionQuery.queryKey)?.person.id;

/* rows */

const changedIds = new Set<Uuid>();
let batchTimer: number | null = null;

function noteChanged(id: Uuid): void {
  changedIds.add(id);
  batchTimer ??= window.setTimeout(() => void fetchChanged(), BATCH_MS);
}

function isCached(id: Uuid): boolean {
  if (queryClient.getQueryData(conversationQuery(id).queryKey)) return true;
  return queryClient
    .getQueriesData<ListData>({ queryKey: LIST_KEY })
    .some(([, data]) => data?.pages.some((page) => page.items.some((row) => row.id === id)));
}

async function fetchChanged(): Promise<void> {
  batchTimer = null;
  const ids = [...changedIds].slice(0, 100);
  for (const id of ids) changedIds.delete(id);
  if (changedIds.size > 0) batchTimer = window.setTimeout(() => void fetchChanged(), BATCH_MS);
  await Promise.all(ids.map((id) => queryClient.arrived(conversationQuery(id).queryKey)));
  const known = ids.filter(isCached);
  if (known.length === 0) return;
  try {
    const { items } = await conversationsByIds(known);
    for (const row of items) putConversation(row);
  } catch {
    void queryClient.invalidateQueries({ queryKey: LIST_KEY });
  }
}

/** Puts the newest state of a conversation wherever the cache holds it. */
export function putConversation(row: Conversation): void {
  const cached = queryClient.getQueryData(conversationQuery(row.id).queryKey);
  if (cached && cached.updated_at > row.updated_at) return;
  queryClient.setQueryData(conversationQuery(row.id).queryKey, row);
  // A list on its way may still have the row as it was.
  if (queryClient.isFetching({ queryKey: LIST_KEY }) > 0) refreshLists();
  const me = myId();
  for (const [key, data] of queryClient.getQueriesData<ListData>({ queryKey: LIST_KEY })) {
    if (!data?.pages.some((page) => page.items.some((one) => one.id === row.id))) continue;
    const stays = mayStay(row, key[2] as ListFilter, me);
    const pages = data.pages.map((page) => ({
      ...page,
      items: page.items.flatMap((one) => (one.id !== row.id ? [one] : stays ? [row] : [])),
    }));
    queryClient.setQueryData<ListData>(key, { ...data, pages });
  }
}

/* lists: membership and order come from the server, asked at a bounded pace */

let listTimer: number | null = null;

export function refreshLists(): void {
  listTimer ??= window.setTimeout(() => {
    listTimer = null;
    void queryClient.invalidateQueries({ queryKey: LIST_KEY });
    void queryClient.invalidateQueries({ queryKey: countsQuery.queryKey });
  }, LIST_MS);
}

/* messages */

const wanted = new Map<Uuid, Promise<void>>();

/** Adds messages to a cached thread; asks for what is missing when their seqs do not join. */
export function putMessages(id: Uuid, messages: readonly Message[]): void {
  const key = threadQuery(id).queryKey;
  const thread = queryClient.getQueryData(key);
  if (!thread) return;
  const bySeq = new Map(thread.items.map((message) => [message.seq, message]));
  for (const message of messages) bySeq.set(message.seq, message);
  const items = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  const gap = items.findIndex(
    (message, index) => index > 0 && message.seq !== (items[index - 1]?.seq ?? 0) + 1,
  );
  queryClient.setQueryData<Thread>(key, {
    ...thread,
    items: gap < 0 ? items : items.slice(0, gap),
  });
  if (gap >= 0) catchUp(id);
}

/** Puts the page before message `first` in front of a cached thread, unless that begins elsewhere by now. */
export function putOlder(id: Uuid, first: number, older: readonly Message[]): void {
  queryClient.setQueryData<Thread>(threadQuery(id).queryKey, (thread) =>
    thread?.items[0]?.seq === first
      ? { items: [...older, ...thread.items], more: (older[0]?.seq ?? 1) > 1 }
      : undefined,
  );
}

async function putDelivery({
  conversation_id: id,
  seq,
  delivery,
}: Events['delivery_changed']): Promise<void> {
  const key = threadQuery(id).queryKey;
  await queryClient.arrived(key);
  queryClient.setQueryData<Thread>(
    key,
    (thread) =>
      thread && {
        ...thread,
        items: thread.items.map((one) => (one.seq === seq ? { ...one, delivery } : one)),
      },
  );
  refetchMessage(id, seq);
}

/** Fetches a message whose details changed, where it is shown. */
function refetchMessage(id: Uuid, seq: number): void {
  const thread = queryClient.getQueryData(threadQuery(id).queryKey);
  if (!thread?.items.some((one) => one.seq === seq)) return;
  oneMessage(id, seq).then(
    (found) => found && putMessages(id, [found]),
    () => void queryClient.invalidateQueries({ queryKey: threadQuery(id).queryKey }),
  );
}

/** Fetches the messages after the last known one; one request at a time per conversation. */
export function catchUp(id: Uuid): void {
  const running = wanted.get(id);
  const next = (running ?? Promise.resolve()).then(async () => {
    await queryClient.arrived(threadQuery(id).queryKey);
    const thread = queryClient.getQueryData(threadQuery(id).queryKey);
    if (!thread) return;
    const messages = await newerMessages(id, thread.items[thread.items.length - 1]?.seq ?? 0);
    if (messages.length > 0) putMessages(id, messages);
  });
  const settled = next.catch(() => {
    void queryClient.invalidateQueries({ queryKey: threadQuery(id).queryKey });
  });
  wanted.set(id, settled);
  void settled.finally(() => {
    if (wanted.get(id) === settled) wanted.delete(id);
  });
}

/* replies that can be recalled */

function refreshPending(): void {
  void queryClient.invalidateQueries({ queryKey: pendingRepliesQuery.queryKey });
}

/* offers */

function putOffer(offer: Offer): void {
  if (offer.agent_id !== myId()) return;
  queryClient.setQueryData<Items<Offer>>(offersQuery.queryKey, (now) => ({
    items: [...(now?.items ?? []).filter((one) => one.id !== offer.id), offer],
  }));
}

export function dropOffer(offerId: Uuid): void {
  queryClient.setQueryData<Items<Offer>>(offersQuery.queryKey, (now) => ({
    items: (now?.items ?? []).filter((one) => one.id !== offerId),
  }));
}

/* events */

function onEvent(event: DurableEvent): void {
  switch (event.type) {
    case 'message_added':
      if (event.data.author_id === myId()) refreshPending();
      noteChanged(event.data.conversation_id);
      catchUp(event.data.conversation_id);
      refreshLists();
      return;
    case 'delivery_changed':
      void putDelivery(event.data);
      return;
    case 'recording_paused':
    case 'recording_resumed':
      void queryClient.invalidateQueries({
        queryKey: recordingPauseQuery(event.data.conversation_id).queryKey,
      });
      return;
    case 'conversation_opened':
    case 'conversation_resolved':
    case 'conversation_reopened':
      void queryClient.invalidateQueries({
        queryKey: ['customer', event.data.customer_id, 'timeline'],
      });
      void queryClient.invalidateQueries({
        queryKey: recordingPauseQuery(event.data.conversation_id).queryKey,
      });
      noteChanged(event.data.conversation_id);
      refreshLists();
      return;
    case 'conversation_assigned':
    case 'conversation_changed':
    case 'person_mentioned':
      noteChanged(event.data.conversation_id);
      refreshLists();
      return;
    case 'reply_pending':
    case 'reply_recalled':
      if (event.data.author_id === myId()) refreshPending();
      noteChanged(event.data.conversation_id);
      return;
    case 'offer_made':
      putOffer(event.data.offer);
      return;
    case 'offer_ended':
      dropOffer(event.data.offer_id);
      return;
    case 'presence_changed': {
      const { person_id, state, since } = event.data;
      if (person_id !== myId()) return;
      queryClient.setQueryData(presenceQuery.queryKey, (now) => ({
        person_id,
        state,
        since,
        reason: now?.state === state ? now.reason : null,
      }));
      void queryClient.invalidateQueries({ queryKey: presenceQuery.queryKey });
      return;
    }
    case 'queue_changed':
      void queryClient.invalidateQueries({ queryKey: ['queues'] });
      readSetUp('queues', event.data.queue_id);
      return;
    case 'person_changed':
      readSetUp('people', event.data.person_id);
      return;
    case 'agent_profile_changed':
      void queryClient.invalidateQueries({ queryKey: ['profile', event.data.person_id] });
      return;
    case 'customer_changed':
      void queryClient.invalidateQueries({ queryKey: ['customer', event.data.customer_id] });
      return;
    case 'customers_merged':
      void queryClient.invalidateQueries({ queryKey: ['customer', event.data.kept_id] });
      void queryClient.invalidateQueries({ queryKey: ['customer', event.data.merged_id] });
      refreshLists();
      return;
    case 'role_changed':
      void queryClient.invalidateQueries({ queryKey: ['setup', 'roles'] });
      return;
    case 'organization_changed':
      readSetUp(`${event.data.kind}s`, event.data.id);
      if (event.data.kind === 'client') {
        void queryClient.invalidateQueries({ queryKey: ['attribute-schema', event.data.id] });
        void queryClient.invalidateQueries({ queryKey: ['setup', 'privacy', event.data.id] });
      }
      return;
    case 'case_changed':
      void queryClient.invalidateQueries({ queryKey: ['case', event.data.case_id] });
  }
}

/** Whoever has this thing of set-up open sees what somebody else made of it. */
function readSetUp(kind: string, id: Uuid): void {
  void queryClient.invalidateQueries({ queryKey: ['setup', kind, 'item', id] });
}

function onReset(): void {
  void queryClient.invalidateQueries({
    predicate: (query) => query.queryKey[0] !== 'session' && query.queryKey[0] !== 'draft',
  });
}

/** Whoever may see more or less than before is connected anew, and shows what that is. */
function onAgain(): void {
  void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true });
}

/** Connects the socket to the cache; gives what ends it. */
export function startSync(): () => void {
  const offEvent = realtime.on('event', onEvent);
  const offReset = realtime.on('reset', onReset);
  const offAgain = realtime.on('again', onAgain);
  realtime.start();
  return () => {
    offEvent();
    offReset();
    offAgain();
    realtime.stop();
  };
}
