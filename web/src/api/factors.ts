/** How people sign in beside the password: second factors, passkeys, running sessions. */
import { queryOptions } from '@tanstack/react-query';
import { http } from '@/api/http';
import { pagesAt } from '@/api/pages';
import type { Factors, Me, NewTotp, Passkey, SessionEntry, Uuid } from '@/api/types';

export const factorsQuery = queryOptions({
  queryKey: ['session', 'factors'],
  queryFn: () => http.get<Factors>('/api/session/factors'),
});

/** Where someone is signed in; without `personId` oneself. */
export const sessionsQuery = (personId?: Uuid) =>
  pagesAt<SessionEntry>(['sessions', personId ?? 'mine'], '/api/sessions', {
    person_id: personId,
    limit: 20,
  });

export const beginTotp = () => http.post<NewTotp>('/api/session/totp');

export const confirmTotp = (code: string) =>
  http.post<{ codes: string[] }>('/api/session/totp/confirmation', { code });

export const renewCodes = () => http.post<{ codes: string[] }>('/api/session/recovery-codes');

export const giveCode = (code: string) => http.post<Me>('/api/session/second-factor', { code });

export const endEnrolment = () => http.post<Me>('/api/session/enrolment');

/** Whether this browser can make and use passkeys. */
export function knowsPasskeys(): boolean {
  return (
    typeof PublicKeyCredential !== 'undefined' &&
    'parseCreationOptionsFromJSON' in PublicKeyCredential &&
    'parseRequestOptionsFromJSON' in PublicKeyCredential
  );
}

/** Someone closed the browser's own dialogue, or it found nothing to offer. */
export class PasskeyRefused extends Error {}

async function ask(asking: Promise<Credential | null>): Promise<unknown> {
  try {
    const found = await asking;
    if (found instanceof PublicKeyCredential) return found.toJSON();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
  throw new PasskeyRefused();
}

export async function makePasskey(name: string): Promise<Passkey> {
  const options = await http.post<PublicKeyCredentialCreationOptionsJSON>(
    '/api/session/passkeys/options',
  );
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await ask(navigator.credentials.create({ publicKey }));
  return http.post<Passkey>('/api/session/passkeys', { name, credential });
}

/** Uses a passkey on what the server asks at `path`; gives what it signed. */
export async function usedPasskey(path: string): Promise<unknown> {
  const options = await http.post<PublicKeyCredentialRequestOptionsJSON>(path);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return ask(navigator.credentials.get({ publicKey }));
}

export async function signInByPasskey(): Promise<Me> {
  const credential = await usedPasskey('/api/sign-in/passkey/options');
  return http.post<Me>('/api/sign-in/passkey', { credential });
}
