/** Programs, mail addresses and macros: what frames a contact. */
import { queryOptions } from '@tanstack/react-query';
import { http } from '@/api/http';
import type { Macro, MailAddress, Page, Program, Uuid } from '@/api/types';

export const programsQuery = (clientId?: Uuid) =>
  queryOptions({
    queryKey: ['programs', clientId ?? null],
    queryFn: () => http.get<Page<Program>>('/api/programs', { client_id: clientId, limit: 100 }),
    staleTime: 10 * 60_000,
  });

export const programQuery = (id: Uuid) =>
  queryOptions({
    queryKey: ['program', id],
    queryFn: () => http.get<Program>(`/api/programs/${id}`),
    staleTime: 10 * 60_000,
  });

export const mailAddressesQuery = (clientId: Uuid) =>
  queryOptions({
    queryKey: ['mail-addresses', clientId],
    queryFn: () =>
      http.get<Page<MailAddress>>('/api/mail-addresses', { client_id: clientId, limit: 100 }),
    staleTime: 10 * 60_000,
  });

export const macrosQuery = (clientId: Uuid, programId: Uuid) =>
  queryOptions({
    queryKey: ['macros', clientId, programId],
    queryFn: () =>
      http.get<Page<Macro>>('/api/macros', {
        client_id: clientId,
        program_id: programId,
        limit: 100,
      }),
    staleTime: 5 * 60_000,
  });
