/** Imports and exports as the server tells of them, and how their progress is followed. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import { pagesAt } from '@/api/pages';
import type { Channel, Instant, Uuid } from '@/api/types';
import { itemOf, refresh, type Named } from '@/features/setup/parts/collection';

export type ImportFormat = 'csv' | 'lines' | 'mbox' | 'zendesk' | 'chatwoot';
export type ImportTarget = 'customers' | 'conversations';
export type Outcome = 'made' | 'matched' | 'refused' | 'changed';
export type ImportState =
  | 'draft'
  | 'ready'
  | 'checking'
  | 'checked'
  | 'running'
  | 'done'
  | 'cancelled'
  | 'failed'
  | 'undoing'
  | 'undone';

export interface ImportOptions {
  target: ImportTarget;
  encoding: string;
  delimiter: string;
  fields: readonly string[];
  source: string;
  channel: Channel;
  own_addresses: readonly string[];
  route_open: boolean;
}

export interface ImportCounts {
  customers_made: number;
  customers_matched: number;
  conversations_made: number;
  conversations_matched: number;
  messages_added: number;
  refused: number;
  changed: number;
}

export interface DataImport extends Named {
  client_id: Uuid;
  program_id: Uuid;
  name: string;
  format: ImportFormat;
  options: ImportOptions;
  state: ImportState;
  size: number;
  columns: readonly { name: string; samples: readonly string[] }[];
  total: number;
  done: number;
  counts: ImportCounts;
  /** Fields that the client has no attribute for; '' stands for all beyond the first hundred. */
  left_out: readonly { name: string; rows: number }[];
  preview: readonly {
    row: number;
    kind: '' | 'customer' | 'conversation';
    name: string;
    outcome: Outcome;
    reason: string;
  }[];
  error: string | null;
  made_by_name: string;
  made_at: Instant;
  changed_at: Instant;
}

export interface Refusal {
  row: number;
  number: number;
  key: string;
  outcome: Outcome;
  reason: string;
}

export interface DataExport extends Named {
  client_id: Uuid;
  state: 'running' | 'ready' | 'failed' | 'expired';
  done: number;
  total: number;
  rows: number;
  size: number;
  error: string | null;
  made_by_name: string;
  made_at: Instant;
  checked_at: Instant | null;
  expires_at: Instant;
}

export interface Restore extends Named {
  name: string;
  state: 'draft' | 'checking' | 'checked' | 'running' | 'done' | 'failed';
  size: number;
  restored_id: Uuid | null;
  client_name: string | null;
  taken_at: Instant | null;
  tables: Record<string, number>;
  files: number;
  missing: number;
  done: number;
  total: number;
  error: string | null;
  made_by_name: string;
  made_at: Instant;
}

const WORKING: readonly string[] = ['checking', 'running', 'undoing'];

/** Whether something goes on behind it that the screen should follow. */
const isWorking = (state: string) => WORKING.includes(state);

/** The import, export or restore, asked for every second while it works. */
export function useFollowed<T extends Named & { state: string }>(
  kind: 'imports' | 'exports' | 'restores',
  item: T,
): T {
  const query: UseQueryResult<T> = useQuery({
    ...itemOf<T>(kind, item.id),
    refetchInterval: (one) => isWorking(one.state.data?.state ?? item.state) && 1000,
  });
  const now = query.data ?? item;
  useEffect(() => refresh(kind), [kind, now.state]);
  return now;
}

export const refusalPages = (one: DataImport) =>
  pagesAt<Refusal>(
    ['setup', 'refusals', one.id, one.state, one.counts.refused, one.counts.changed],
    `/api/imports/${one.id}/refusals`,
  );
