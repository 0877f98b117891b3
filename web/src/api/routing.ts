/** Presence, offers, queues and who is free. */
import { queryOptions } from '@tanstack/react-query';
import { http } from '@/api/http';
import type {
  AgentNow,
  AgentPresence,
  AgentProfile,
  AgentState,
  Assignable,
  Conversation,
  Items,
  Offer,
  Page,
  Presence,
  Queue,
  QueueNow,
  Uuid,
} from '@/api/types';

export const presenceQuery = queryOptions({
  queryKey: ['presence'],
  queryFn: () => http.get<AgentPresence>('/api/presence'),
  staleTime: Infinity,
});

export const offersQuery = queryOptions({
  queryKey: ['offers'],
  queryFn: () => http.get<Items<Offer>>('/api/offers'),
  staleTime: Infinity,
});

export const queuesQuery = (clientId?: Uuid) =>
  queryOptions({
    queryKey: ['queues', clientId ?? null],
    queryFn: () => http.get<Page<Queue>>('/api/queues', { client_id: clientId, limit: 100 }),
    staleTime: 5 * 60_000,
  });

export const profileQuery = (personId: Uuid) =>
  queryOptions({
    queryKey: ['profile', personId],
    queryFn: () => http.get<AgentProfile>(`/api/people/${personId}/routing`),
    staleTime: 5 * 60_000,
  });

export const statesQuery = (personId: Uuid, from: string, to: string) =>
  queryOptions({
    queryKey: ['states', personId, from, to],
    queryFn: () => http.get<Items<AgentState>>(`/api/people/${personId}/states`, { from, to }),
    staleTime: 10_000,
  });

export const assignableQuery = (conversationId: Uuid) =>
  queryOptions({
    queryKey: ['assignable', conversationId],
    queryFn: () =>
      http.get<Items<Assignable>>('/api/people/assignable', { conversation_id: conversationId }),
    staleTime: 15_000,
  });

export const liveQueuesQuery = queryOptions({
  queryKey: ['live', 'queues'],
  queryFn: () => http.get<Items<QueueNow>>('/api/live/queues'),
  staleTime: 2_000,
});

export const liveAgentsQuery = queryOptions({
  queryKey: ['live', 'agents'],
  queryFn: () => http.get<Items<AgentNow>>('/api/live/agents'),
  staleTime: 2_000,
});

export const routingApi = {
  setPresence: (state: Presence) => http.put<AgentPresence>('/api/presence', { state }),
  setPresenceOf: (personId: Uuid, state: Presence, reason: string) =>
    http.put<AgentPresence>(`/api/people/${personId}/presence`, { state, reason }),
  accept: (offerId: Uuid) => http.post<Conversation>(`/api/offers/${offerId}/accept`),
  decline: (offerId: Uuid) => http.post(`/api/offers/${offerId}/decline`),
};
