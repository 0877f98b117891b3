/** Customers and everything known about them. */
import { queryOptions } from '@tanstack/react-query';
import { http } from '@/api/http';
import { pagesAt } from '@/api/pages';
import type {
  AttributeSchema,
  AttributeValue,
  Consent,
  Customer,
  CustomerMerge,
  CustomerNote,
  CustomerRow,
  IdentityKind,
  Items,
  MergeSuggestion,
  Page,
  TimelineEntry,
  Uuid,
} from '@/api/types';

const at = (id: Uuid, rest: string) => `/api/customers/${id}/${rest}`;

export const customerQuery = (id: Uuid) =>
  queryOptions({
    queryKey: ['customer', id],
    queryFn: ({ signal }) => http.get<Customer>(`/api/customers/${id}`, undefined, signal),
  });

export const customerSearchQuery = (search: string, clientId?: Uuid) =>
  queryOptions({
    queryKey: ['customers', search, clientId ?? null],
    queryFn: ({ signal }) =>
      http.get<Page<CustomerRow>>(
        '/api/customers',
        { search, client_id: clientId, limit: 20 },
        signal,
      ),
    enabled: search.trim().length > 1,
    staleTime: 30_000,
  });

export const timelineQuery = (id: Uuid) =>
  pagesAt<TimelineEntry>(['customer', id, 'timeline'], at(id, 'timeline'), { limit: 30 });

export const customerNotesQuery = (id: Uuid) =>
  queryOptions({
    queryKey: ['customer', id, 'notes'],
    queryFn: () => http.get<Page<CustomerNote>>(at(id, 'notes')),
  });

export const consentsQuery = (id: Uuid) =>
  queryOptions({
    queryKey: ['customer', id, 'consents'],
    queryFn: () => http.get<Items<Consent>>(at(id, 'consents')),
  });

export const consentRecordsQuery = (id: Uuid) =>
  pagesAt<Consent>(['customer', id, 'consents', 'records'], at(id, 'consents/records'), {
    limit: 20,
  });

export const mergeSuggestionsQuery = (id: Uuid) =>
  queryOptions({
    queryKey: ['customer', id, 'merge-suggestions'],
    queryFn: () => http.get<Items<MergeSuggestion>>(at(id, 'merge-suggestions')),
    staleTime: 5 * 60_000,
  });

export const mergesQuery = (id: Uuid) =>
  queryOptions({
    queryKey: ['customer', id, 'merges'],
    queryFn: () => http.get<Items<CustomerMerge>>(at(id, 'merges')),
  });

export const attributeSchemaQuery = (clientId: Uuid) =>
  queryOptions({
    queryKey: ['attribute-schema', clientId],
    queryFn: () => http.get<AttributeSchema>(`/api/clients/${clientId}/attribute-schema`),
    staleTime: 10 * 60_000,
  });

export const customersApi = {
  reveal: (id: Uuid, attribute: string) =>
    http.post<{ attribute: string; value: AttributeValue }>(at(id, 'attributes/reveal'), {
      attribute,
    }),
  find: (form: { client_id: Uuid; attribute: string; value: AttributeValue }) =>
    http.post<Items<CustomerRow>>('/api/customers/find', form),
  change: (
    id: Uuid,
    change: {
      name?: string;
      language?: string | null;
      attributes?: Record<string, AttributeValue>;
    },
  ) => http.patch<Customer>(`/api/customers/${id}`, change),
  addIdentity: (id: Uuid, form: { kind: IdentityKind; value: string }) =>
    http.post<Customer>(at(id, 'identities'), form),
  dropIdentity: (id: Uuid, identityId: Uuid) => http.delete(at(id, `identities/${identityId}`)),
  addNote: (id: Uuid, text: string) => http.post<CustomerNote>(at(id, 'notes'), { text }),
  setConsent: (
    id: Uuid,
    form: Pick<Consent, 'purpose' | 'channel' | 'granted' | 'source'> &
      Partial<Pick<Consent, 'basis' | 'wording'>>,
  ) => http.put<Consent>(at(id, 'consents'), form),
  merge: (id: Uuid, form: { other_id: Uuid; reason: string }) =>
    http.post<CustomerMerge>(at(id, 'merge'), form),
  undoMerge: (mergeId: Uuid) => http.post<CustomerMerge>(`/api/customer-merges/${mergeId}/undo`),
};
