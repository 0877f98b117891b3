/** Emergency access: what it asks for, breaking the glass and ending it. */
import { queryOptions } from '@tanstack/react-query';
import { queryClient } from '@/api/client';
import { usedPasskey } from '@/api/factors';
import { http } from '@/api/http';
import { sessionQuery } from '@/api/session';
import type { ClientBadge, Me, Page, Uuid } from '@/api/types';

export type ProofKind = 'passkey' | 'code' | 'password' | 'sign_in';

export interface GlassChoice {
  proofs: ProofKind[];
  most_minutes: number;
}

export interface NewGlass {
  client_id: Uuid;
  reason: string;
  reference: string | null;
  minutes: number;
  proof: { password?: string; code?: string; credential?: unknown };
}

const PATH = '/api/session/glass';

export const glassChoiceQuery = queryOptions({
  queryKey: ['session', 'glass'],
  queryFn: () => http.get<GlassChoice>(PATH),
  staleTime: 0,
});

export const glassClientsQuery = queryOptions({
  queryKey: ['session', 'glass', 'clients'],
  queryFn: async () => {
    const found: ClientBadge[] = [];
    let after: string | null = null;
    do {
      const page: Page<ClientBadge> = await http.get(`${PATH}/clients`, { limit: 100, after });
      found.push(...page.items);
      after = page.next;
    } while (after !== null);
    return found;
  },
});

const show = (me: Me): void => {
  queryClient.setQueryData(sessionQuery.queryKey, me);
};

export async function breakGlass(wanted: NewGlass): Promise<void> {
  show(await http.post<Me>(PATH, wanted));
}

export async function endGlass(): Promise<void> {
  show(await http.delete<Me>(PATH));
}

/** What a passkey signs as the proof. */
export const signedProof = () => usedPasskey(`${PATH}/passkey`);
