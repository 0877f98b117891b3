/** Conversations, their messages and what is done to them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { http } from '@/api/http';
import type {
  Attachment,
  Case,
  Conversation,
  Counts,
  Disposition,
  Draft,
  Items,
  Message,
  Page,
  PauseReason,
  PendingReply,
  RecordingPause,
  ReplyResult,
  SavedView,
  SearchHit,
  Status,
  Uuid,
  ViewFilter,
} from '@/api/types';

export type ViewName = 'mine' | 'my_queues' | 'unassigned' | 'mentioned' | 'all';

export interface ListFilter extends ViewFilter {
  view: ViewName;
  customer_id?: Uuid | null;
  sort: 'waiting' | 'newest';
}

export const conversationList = (filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: ['conversations', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      http.get<Page<Conversation>>(
        '/api/conversations',
        { ...filter, limit: 50, after: pageParam },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 20_000,
  });

export const conversationQuery = (id: Uuid) =>
  queryOptions({
    queryKey: ['conversation', id],
    queryFn: ({ signal }) => http.get<Conversation>(`/api/conversations/${id}`, undefined, signal),
  });

export const countsQuery = queryOptions({
  queryKey: ['conversations', 'counts'],
  queryFn: () => http.get<Counts>('/api/conversations/counts'),
  staleTime: 5_000,
});

/** At most 100 ids at once. */
export const conversationsByIds = (ids: readonly Uuid[]) =>
  http.get<Items<Conversation>>('/api/conversations/by-ids', { ids: ids.join(',') });

export const MESSAGE_PAGE = 50;

/** The known stretch of a conversation: ascending, without gaps, up to the newest. */
export interface Thread {
  items: Message[];
  /** Whether older messages exist before the first item. */
  more: boolean;
}

const at = (id: Uuid, rest: string) => `/api/conversations/${id}/${rest}`;

const fetchMessages = (
  id: Uuid,
  range: { before_seq?: number; after_seq?: number },
  signal?: AbortSignal,
) =>
  http.get<Page<Message>>(
    `/api/conversations/${id}/messages`,
    { ...range, limit: MESSAGE_PAGE },
    signal,
  );

export const threadQuery = (id: Uuid, lastSeq?: number) =>
  queryOptions({
    queryKey: ['thread', id],
    queryFn: async ({ signal, client, queryKey }): Promise<Thread> => {
      // The row may lag behind what has come already.
      const known = client.getQueryData<Thread>(queryKey)?.items.at(-1)?.seq ?? 0;
      const range = lastSeq === undefined ? {} : { before_seq: Math.max(lastSeq, known) + 1 };
      const { items } = await fetchMessages(id, range, signal);
      return { items, more: (items[0]?.seq ?? 1) > 1 };
    },
    staleTime: 5 * 60_000,
  });

/** One message by its number. */
export async function oneMessage(id: Uuid, seq: number): Promise<Message | undefined> {
  const { items } = await fetchMessages(id, { before_seq: seq + 1 });
  return items.find((one) => one.seq === seq);
}

/** The page of messages before `seq`. */
export async function olderMessages(id: Uuid, seq: number): Promise<Message[]> {
  return (await fetchMessages(id, { before_seq: seq })).items;
}

/** All messages after `seq`, however many pages that takes. */
export async function newerMessages(id: Uuid, seq: number): Promise<Message[]> {
  const found: Message[] = [];
  for (let after = seq; ;) {
    const { items } = await fetchMessages(id, { after_seq: after });
    found.push(...items);
    const last = items[items.length - 1];
    if (!last || items.length < MESSAGE_PAGE) return found;
    after = last.seq;
  }
}

export const draftQuery = (id: Uuid) =>
  queryOptions({
    queryKey: ['draft', id],
    queryFn: () => http.get<Draft | null>(`/api/conversations/${id}/draft`),
    staleTime: Infinity,
  });

/** My replies that wait for their moment; asked again when the next one should have left. */
export const pendingRepliesQuery = queryOptions({
  queryKey: ['pending-replies'],
  queryFn: () => http.get<Items<PendingReply>>('/api/pending-replies'),
  staleTime: Infinity,
  refetchInterval: ({ state }) => {
    const next = state.data?.items[0];
    return next ? Math.max(1500, Date.parse(next.send_at) - Date.now() + 1200) : false;
  },
});

/** The stretch in which nothing of the contact may be recorded now; null where there is none. */
export const recordingPauseQuery = (id: Uuid) =>
  queryOptions({
    queryKey: ['recording-pause', id],
    queryFn: async ({ signal }) => {
      const path = at(id, 'recording-pauses');
      const { items } = await http.get<Page<RecordingPause>>(path, { limit: 1 }, signal);
      return items.find((one) => one.ended_at === null) ?? null;
    },
    staleTime: 5 * 60_000,
  });

export const caseQuery = (id: Uuid) =>
  queryOptions({ queryKey: ['case', id], queryFn: () => http.get<Case>(`/api/cases/${id}`) });

export const viewsQuery = queryOptions({
  queryKey: ['views'],
  queryFn: () => http.get<Items<SavedView>>('/api/views'),
  staleTime: 5 * 60_000,
});

export const dispositionsQuery = (clientId: Uuid, programId: Uuid) =>
  queryOptions({
    queryKey: ['dispositions', clientId, programId],
    queryFn: () =>
      http.get<Page<Disposition>>('/api/dispositions', {
        client_id: clientId,
        program_id: programId,
        limit: 100,
      }),
    staleTime: 5 * 60_000,
  });

export const searchQuery = (q: string, clientId?: Uuid) =>
  queryOptions({
    queryKey: ['search', q, clientId ?? null],
    queryFn: ({ signal }) =>
      http.get<Page<SearchHit>>('/api/search', { q, client_id: clientId }, signal),
    enabled: q.trim().length > 1,
    staleTime: 30_000,
  });

export interface ReplyForm {
  text: string;
  html?: string;
  file_ids: Uuid[];
}

export const conversationsApi = {
  change: (
    id: Uuid,
    change: Partial<Pick<Conversation, 'priority' | 'language' | 'tags' | 'subject'>>,
  ) => http.patch<Conversation>(`/api/conversations/${id}`, change),
  reply: (id: Uuid, form: ReplyForm, idempotencyKey: string) =>
    http.post<ReplyResult>(at(id, 'replies'), form, { idempotencyKey }),
  recall: (pendingId: Uuid) => http.delete(`/api/pending-replies/${pendingId}`),
  note: (id: Uuid, form: { text: string; mentions: Uuid[] }, idempotencyKey: string) =>
    http.post<Message>(at(id, 'notes'), form, { idempotencyKey }),
  setStatus: (id: Uuid, status: Status) => http.post<Conversation>(at(id, 'status'), { status }),
  wrapUp: (id: Uuid, form: { disposition_id: Uuid; note?: string }) =>
    http.post<Conversation>(at(id, 'wrap-up'), form),
  end: (id: Uuid) => http.post<Conversation>(at(id, 'end')),
  reopen: (id: Uuid) => http.post<Conversation>(at(id, 'reopen')),
  hold: (id: Uuid, on: boolean) => http.post<Conversation>(at(id, 'hold'), { on }),
  pauseRecording: (id: Uuid, reason: PauseReason) =>
    http.post<RecordingPause>(at(id, 'recording-pauses'), { reason }),
  resumeRecording: (id: Uuid) => http.post<RecordingPause>(at(id, 'recording-pauses/end')),
  read: (id: Uuid, seq: number) => http.post<Conversation>(at(id, 'read'), { seq }),
  take: (id: Uuid) => http.post<Conversation>(at(id, 'take')),
  assign: (id: Uuid, form: { person_id: Uuid; note?: string }) =>
    http.post<Conversation>(at(id, 'assign'), form),
  transfer: (id: Uuid, form: { queue_id?: Uuid; person_id?: Uuid; note: string }) =>
    http.post<Conversation>(at(id, 'transfer'), form),
  saveDraft: (id: Uuid, form: { text: string; html: string | null; file_ids: Uuid[] }) =>
    http.put<Draft>(at(id, 'draft'), form),
  dropDraft: (id: Uuid) => http.delete(at(id, 'draft')),
  start: (form: {
    customer_id: Uuid;
    program_id: Uuid;
    channel: 'email';
    subject: string;
    text: string;
    html?: string;
  }) => http.post<Conversation>('/api/conversations/start', form),
  renameCase: (id: Uuid, subject: string) => http.patch<Case>(`/api/cases/${id}`, { subject }),
  mergeCase: (id: Uuid, intoId: Uuid) =>
    http.post<Case>(`/api/cases/${id}/merge`, { into_id: intoId }),
  splitCase: (id: Uuid, form: { conversation_ids: Uuid[]; subject: string }) =>
    http.post<Case>(`/api/cases/${id}/split`, form),
  saveView: (form: { name: string; filter: ViewFilter }) =>
    http.post<SavedView>('/api/views', form),
  dropView: (id: Uuid) => http.delete(`/api/views/${id}`),
  upload: (file: File, clientId: Uuid) => {
    const form = new FormData();
    form.set('file', file, file.name);
    form.set('client_id', clientId);
    return http.post<Attachment>('/api/files', form);
  },
};

export const fileUrl = (fileId: Uuid) => `/api/files/${fileId}`;
