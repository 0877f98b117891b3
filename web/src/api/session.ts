/** Who is signed in, and signing in and out. */
import { queryOptions, useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { signInByPasskey } from '@/api/factors';
import { queryClient } from '@/api/client';
import { ApiError, http, setCsrfToken } from '@/api/http';
import type { ClientBadge, Items, Me, Persona, SignInMethods, Uuid } from '@/api/types';

/** The signed-in person, or null. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Me | null> => {
    try {
      const me = await http.get<Me>('/api/session');
      setCsrfToken(me.csrf_token);
      return me;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
});

/** The personas of a demo installation; null elsewhere. */
export const personasQuery = queryOptions({
  queryKey: ['personas'],
  queryFn: async (): Promise<Persona[] | null> => {
    try {
      return (await http.get<Items<Persona>>('/api/demo/personas')).items;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  },
  staleTime: Infinity,
});

/** How people with addresses of a domain sign in. */
export const methodsQuery = (domain: string) =>
  queryOptions({
    queryKey: ['sign-in-methods', domain],
    queryFn: () => http.get<SignInMethods>('/api/sign-in/methods', { domain }),
    enabled: domain.includes('.'),
    staleTime: 60_000,
    retry: false,
  });

/** The signed-in person; only below the shell, where there always is one. */
export function useMe(): Me {
  const { data } = useSuspenseQuery(sessionQuery);
  if (!data) throw new ApiError(401, { title: 'signed out' });
  return data;
}

/** Whether the person holds a permission anywhere; about a client to which they have emergency access, whether there. */
export function useCan(permission: string, clientId?: Uuid): boolean {
  const { glass, permissions } = useMe();
  const held = glass !== null && glass.client.id === clientId ? glass.permissions : permissions;
  return held.includes(permission);
}

const UNKNOWN: Omit<ClientBadge, 'id'> = { name: '', color: '#8a8f98' };

/** The badge of a client that the person may see. */
export function useClientBadge(clientId: Uuid | null | undefined): ClientBadge {
  const { data } = useQuery(sessionQuery);
  const found = data?.clients.find((client) => client.id === clientId);
  return found ?? { id: clientId ?? '', ...UNKNOWN };
}

const whatForgets = new Set<() => void>();

/** Has something done whenever what belongs to a session is forgotten: at its end, and before another begins. */
export function whenForgotten(forget: () => void): void {
  whatForgets.add(forget);
}

/** The session itself stays, so that whoever shows it hears of the next one. */
function forgetWhatWasRead(): void {
  queryClient.removeQueries({ predicate: (one) => one.queryKey.join() !== 'session' });
  queryClient.getMutationCache().clear();
  for (const forget of whatForgets) forget();
}

/** Takes over what a sign-in answered; what was known of someone else is forgotten. */
export function signedIn(me: Me): void {
  forgetWhatWasRead();
  setCsrfToken(me.csrf_token);
  queryClient.setQueryData(sessionQuery.queryKey, me);
}

export function useSignIn() {
  return useMutation({
    mutationFn: (form: { email: string; password: string }) => http.post<Me>('/api/session', form),
    onSuccess: signedIn,
  });
}

export function usePasskeySignIn() {
  return useMutation({ mutationFn: signInByPasskey, onSuccess: signedIn });
}

export function useDemoSignIn() {
  return useMutation({
    mutationFn: (key: string) => http.post<Me>('/api/demo/session', { key }),
    onSuccess: signedIn,
  });
}

/** Forgets everything that belongs to the session. */
export function forgetSession(): void {
  forgetWhatWasRead();
  setCsrfToken(null);
  queryClient.setQueryData(sessionQuery.queryKey, null);
}

export async function signOut(): Promise<void> {
  await http.delete('/api/session');
  forgetSession();
}
