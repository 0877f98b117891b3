/** What the place reads and does; mirrors the server's Structs. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryClient } from '@/api/client';
import type { ProofKind } from '@/api/glass';
import { http, type QueryValues } from '@/api/http';
import { pagesAt } from '@/api/pages';
import type { Client, Instant, Items, Page, Uuid } from '@/api/types';

export const CLASSES = [
  'messages',
  'files',
  'raw_mail',
  'visitors',
  'profiles',
  'events',
  'facts',
  'suppressions',
  'registers',
] as const;
export type DataClass = (typeof CLASSES)[number];

export interface Rule {
  data_class: DataClass;
  days: number | null;
  source: 'client' | 'region' | 'none';
  reason: string;
}

export interface RegionRule {
  region: string;
  data_class: DataClass;
  days: number | null;
}

export interface Outlook {
  data_class: DataClass;
  items: number;
  more: boolean;
  spared: number;
}

export interface Purge {
  id: Uuid;
  data_class: DataClass | 'originals' | 'keys';
  before: Instant;
  rule: string;
  /** Rows by table. */
  counts: Record<string, number>;
  items: number;
  digest: string;
  oldest: Instant | null;
  newest: Instant | null;
  spared: number;
  left_over: number | null;
  started_at: Instant;
  finished_at: Instant | null;
}

export interface ClientKey {
  client_id: Uuid;
  client_name: string;
  version: number | null;
  made_at: Instant | null;
  kept: number;
  shredded_at: Instant | null;
  rotation: { state: 'renewing' | 'waiting' | 'done'; renewed: number; broken: number } | null;
  shredding: {
    id: Uuid;
    reason: string;
    asked_by_id: Uuid | null;
    asked_by: string;
    until: Instant;
  } | null;
  /** Of when they are: the newest that was fetched, and one to be fetched that is younger. */
  archives: { fetched: Instant | null; waiting: Instant | null };
}

export interface Archive {
  id: Uuid;
  state: 'running' | 'ready' | 'failed' | 'expired';
  done: number;
  total: number;
  size: number;
  error: string | null;
  checked_at: Instant | null;
  expires_at: Instant;
}

export const SCOPES = ['client', 'customer', 'case', 'conversation'] as const;

export interface Hold {
  id: Uuid;
  client_id: Uuid;
  scope: (typeof SCOPES)[number];
  subject_id: Uuid | null;
  reason: string;
  placed_by: string;
  placed_at: Instant;
  until: Instant | null;
  lifted_by: string | null;
  lifted_at: Instant | null;
  lifted_why: string | null;
}

export interface PrivacyRequest {
  id: Uuid;
  client_id: Uuid;
  kind: 'access' | 'erasure';
  customer_id: Uuid;
  /** Null where one may not see customers. */
  customer_name: string | null;
  customer_erased: boolean;
  opened_by: string;
  verified_by: string | null;
  status: 'received' | 'verified' | 'running' | 'waiting' | 'done' | 'refused';
  received_at: Instant;
  due_at: Instant;
  export_until: Instant | null;
  closed_at: Instant | null;
  outcome: { kept: { what: KeptWhat; why: KeptWhy; count: number; lasts: boolean }[] } | null;
}

export type KeptWhat = 'conversation' | 'customer' | 'conversation_interval' | 'customer_consent';
export type KeptWhy = 'legal_hold' | 'open_case' | 'billing_facts' | 'proof_of_consent';

export const REGIMES = ['gdpr', 'hipaa', 'contract'] as const;
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

export interface Incident {
  id: Uuid;
  client_id: Uuid;
  title: string;
  description: string;
  severity: (typeof SEVERITIES)[number];
  status: 'open' | 'contained' | 'closed';
  regimes: (typeof REGIMES)[number][];
  data_kinds: string[];
  customers_estimate: number;
  time_zone: string;
  occurred_at: Instant | null;
  aware_at: Instant;
  contract_hours: number | null;
  next_due_at: Instant | null;
}

export const DUTIES = [
  'contain',
  'assess',
  'preserve',
  'root_cause',
  'correct',
  'review',
  'contract_client',
  'gdpr_authority',
  'gdpr_customers',
  'hipaa_customers',
  'hipaa_secretary',
  'hipaa_media',
] as const;

export interface Duty {
  id: Uuid;
  key: (typeof DUTIES)[number];
  required: boolean;
  draft: string | null;
  due_at: Instant | null;
  done_at: Instant | null;
  done_by: string | null;
  waived: boolean;
  note: string | null;
}

export interface IncidentFile {
  incident: Incident;
  duties: Duty[];
  entries: { id: Uuid; at: Instant; by: string; kind: string; text: string }[];
}

export const VERDICTS = ['accepted', 'questioned'] as const;

export interface Glass {
  id: Uuid;
  client_id: Uuid;
  person_id: Uuid;
  person_name: string;
  reason: string;
  reference: string | null;
  proof: ProofKind;
  begun_at: Instant;
  until: Instant;
  review_by: Instant;
  ended_at: Instant | null;
  ended_how: 'time' | 'hand' | 'session' | null;
  verdict: (typeof VERDICTS)[number] | null;
  note: string | null;
  reviewed_by: string | null;
}

/** What the place's deadlines are about. */
export const DEADLINES = ['request', 'duty', 'review', 'hold', 'purge', 'shredding'] as const;

interface Owed {
  id: Uuid;
  client_id: Uuid;
  due_at: Instant;
  words: string | null;
  incident_id: Uuid | null;
}

export type Deadline = Owed &
  (
    | { kind: 'request'; what: PrivacyRequest['kind'] }
    | { kind: 'duty'; what: Duty['key'] }
    | { kind: 'review'; what: null }
    | { kind: 'hold'; what: Hold['scope'] }
    | { kind: 'purge'; what: Purge['data_class'] }
    | { kind: 'shredding'; what: null }
  );

const listed = <T>(name: string, path: string, query: QueryValues = {}) =>
  pagesAt<T>(['compliance', name, query], path, query, { staleTime: 5_000 });

export const requestsQuery = listed<PrivacyRequest>('requests', '/api/privacy-requests');
export const incidentsQuery = listed<Incident>('incidents', '/api/incidents');
/** Those that stand, or all: those that were lifted or are over as well. */
export const holdsQuery = (client_id: Uuid, active: boolean) =>
  listed<Hold>('holds', '/api/holds', { client_id, active });
/** The newest archive of a client, if it has one. */
export const exportsQuery = (client_id: Uuid) =>
  queryOptions({
    queryKey: ['compliance', 'exports', client_id],
    queryFn: () => http.get<Page<Archive>>('/api/exports', { client_id, limit: 1 }),
    refetchInterval: ({ state }) => (state.data?.items[0]?.state === 'running' ? 2_000 : false),
  });

export const clientsQuery = listed<Client>('clients', '/api/clients');
/** Asked again while something is encrypted anew: how far that is, nobody tells. */
export const keysQuery = infiniteQueryOptions({
  ...listed<ClientKey>('keys', '/api/client-keys'),
  refetchInterval: ({ state }) =>
    state.data?.pages.some((page) => page.items.some((one) => one.rotation?.state === 'renewing'))
      ? 1_000
      : false,
});
export const purgesQuery = (client_id: Uuid) =>
  listed<Purge>('purges', '/api/purges', { client_id, limit: 20 });

/** What is due, the most urgent first: at all clients and of every kind, or of one. */
export const deadlinesQuery = (client_id: Uuid | null, kind: string | null) =>
  listed<Deadline>('deadlines', '/api/compliance/deadlines', {
    ...(client_id && { client_id }),
    ...(kind && { kind }),
  });

/** What the operator declared: no regions, every one is taken; null, nothing was said. */
export const residencyQuery = queryOptions({
  queryKey: ['compliance', 'residency'],
  queryFn: () =>
    http.get<{ regions: string[]; files_region: string | null; relay_region: string | null }>(
      '/api/compliance/residency',
    ),
});

/** How much is overdue, which time alone makes more. */
export const overdueQuery = queryOptions({
  queryKey: ['compliance', 'overdue'],
  queryFn: () => http.get<{ count: number; more: boolean }>('/api/compliance/deadlines/overdue'),
  staleTime: 5_000,
  refetchInterval: 60_000,
});

/** Emergency accesses, newest first: all, or those that nobody has reviewed yet. */
export const glassPages = (open: boolean) =>
  listed<Glass>('glass', '/api/break-glass', open ? { reviewed: false } : {});

const whole = <T>(path: string) =>
  queryOptions({
    queryKey: ['compliance', path],
    queryFn: () => http.get<Items<T>>(path),
    staleTime: 5_000,
  });

export const regionRulesQuery = whole<RegionRule>('/api/retention-defaults');
export const rulesQuery = (client_id: Uuid) => whole<Rule>(`/api/clients/${client_id}/retention`);
export const outlookQuery = (client_id: Uuid) =>
  whole<Outlook>(`/api/clients/${client_id}/retention/outlook`);
export const incidentQuery = (id: Uuid) =>
  queryOptions({
    queryKey: ['compliance', 'incidents', id],
    queryFn: () => http.get<IncidentFile>(`/api/incidents/${id}`),
    staleTime: 5_000,
  });

export const renew = () => queryClient.invalidateQueries({ queryKey: ['compliance'] });

/** Fetches an export and hands it to the browser as a file. */
export async function saveExport(id: Uuid): Promise<void> {
  const blob = await http.download(`/api/privacy-requests/${id}/export`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `export-${id}.zip`;
  link.click();
  URL.revokeObjectURL(link.href);
}
