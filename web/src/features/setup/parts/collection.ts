/** Lists, single items and what changes them, for every kind of thing that set-up keeps. */
import { queryOptions } from '@tanstack/react-query';
import { queryClient } from '@/api/client';
import { ApiError, http, type QueryValues } from '@/api/http';
import { pagesAt } from '@/api/pages';
import type { Page, Uuid } from '@/api/types';

export interface Named {
  id: Uuid;
}

/** Kinds that answer `GET /api/<kind>/{id}`; the others are found in their lists. */
const SINGLE = new Set([
  'providers',
  'sites',
  'clients',
  'programs',
  'teams',
  'people',
  'queues',
  'macros',
  'mailboxes',
  'roles',
  'access',
  'imports',
  'exports',
  'restores',
  'identity-providers',
]);

/** Kinds found in their lists that can be asked for those of one client. */
const BY_CLIENT: ReadonlySet<string> = new Set(['dispositions', 'mail-addresses', 'chat-widgets']);

/** Kinds that the server lists by age, which says nothing to whoever looks for one. */
export const BY_NAME: ReadonlySet<string> = new Set([
  'clients',
  'programs',
  'providers',
  'sites',
  'teams',
  'mail-addresses',
  'mailboxes',
  'signing-keys',
  'chat-widgets',
  'identity-providers',
]);

/** What else in the cache shows a kind. */
const SHOWN_IN: Record<string, readonly string[]> = {
  clients: ['session', 'compliance'],
  programs: ['programs', 'program'],
  queues: ['queues', 'live'],
  people: ['live'],
  teams: ['live'],
  sites: ['live'],
  macros: ['macros'],
  dispositions: ['dispositions'],
  'mail-addresses': ['mail-addresses'],
};

export const pagesOf = <T extends Named>(kind: string, filter: QueryValues = {}) =>
  pagesAt<T>(['setup', kind, 'pages', filter], `/api/${kind}`, filter, { staleTime: 20_000 });

const MOST_PAGES = 20;

async function walk<T>(
  kind: string,
  filter: QueryValues,
  until: (item: T) => boolean,
): Promise<T[]> {
  const found: T[] = [];
  let after: string | null = null;
  for (let count = 0; count < MOST_PAGES; count++) {
    const page: Page<T> = await http.get<Page<T>>(`/api/${kind}`, { ...filter, limit: 100, after });
    found.push(...page.items);
    after = page.next;
    if (!after || page.items.some(until)) break;
  }
  return found;
}

/** Every item, for choosing among them. */
export const allOf = <T extends Named>(kind: string, filter: QueryValues = {}) =>
  queryOptions({
    queryKey: ['setup', kind, 'all', filter],
    queryFn: () => walk<T>(kind, filter, () => false),
    staleTime: 60_000,
  });

/** An item as the server keeps it; of those found in lists none where no page that is looked at has it. */
async function look<T extends Named>(
  kind: string,
  id: Uuid,
  filter: QueryValues = {},
): Promise<T | undefined> {
  if (SINGLE.has(kind)) return http.get<T>(`/api/${kind}/${id}`);
  const items = await walk<T>(kind, filter, (item) => item.id === id);
  return items.find((item) => item.id === id);
}

export const itemOf = <T extends Named>(kind: string, id: Uuid) =>
  queryOptions({
    queryKey: ['setup', kind, 'item', id],
    queryFn: async () => {
      const found = await look<T>(kind, id);
      if (!found) throw new ApiError(404, { title: 'Not found' });
      return found;
    },
    staleTime: 20_000,
  });

/**
 * An item as the server keeps it now; where it is shown, it is shown so. One that its list does not reach is taken as it
 * is known: whether it can still be saved, saving it tells.
 */
export function readAgain<T extends Named & { client_id?: Uuid | null }>(
  kind: string,
  item: T,
): Promise<T> {
  const filter = BY_CLIENT.has(kind) ? { client_id: item.client_id } : {};
  return queryClient.fetchQuery({
    ...itemOf<T>(kind, item.id),
    queryFn: async () => (await look<T>(kind, item.id, filter)) ?? item,
    staleTime: 0,
  });
}

/** What a form begins with, and how it reads its item once more where there is one: both as `shown` gives them. */
export const formOf = <T extends Named & { client_id?: Uuid | null }, V>(
  kind: string,
  item: T | null,
  shown: (one: T | null) => V,
) => ({
  initial: shown(item),
  ...(item && { again: async () => shown(await readAgain(kind, item)) }),
});

/** Tells every list that shows this kind. */
export function refresh(kind: string): void {
  for (const key of [
    ['setup', kind, 'pages'],
    ['setup', kind, 'all'],
  ]) {
    void queryClient.invalidateQueries({ queryKey: key });
  }
  void queryClient.invalidateQueries({ queryKey: ['setup', 'audit'] });
  for (const key of SHOWN_IN[kind] ?? []) void queryClient.invalidateQueries({ queryKey: [key] });
}

function keep<T extends Named>(kind: string, item: T): T {
  queryClient.setQueryData(itemOf<T>(kind, item.id).queryKey, item);
  refresh(kind);
  return item;
}

export async function create<T extends Named>(kind: string, body: unknown): Promise<T> {
  return keep(kind, await http.post<T>(`/api/${kind}`, body));
}

export async function change<T extends Named>(kind: string, id: Uuid, body: object): Promise<T> {
  return keep(kind, await http.patch<T>(`/api/${kind}/${id}`, body));
}

/** Does something with an item that is an endpoint of its own below it, and answers the item as it is then. */
export async function act<T extends Named>(kind: string, id: Uuid, what: string): Promise<T> {
  return keep(kind, await http.post<T>(`/api/${kind}/${id}/${what}`));
}

/** Whether two values of a form say the same. */
export const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The fields of `after` that differ from `before`. */
export function changesOf<V extends object>(before: V, after: V): Partial<V> {
  return Object.fromEntries(
    Object.entries(after).filter(([key, value]) => !same(value, before[key as keyof V])),
  ) as Partial<V>;
}
