/** Mail providers whose addresses are known: the server, where one consents, where tokens come from and go back. */
import type { Mailbox } from '@/api/types';

export const PROVIDERS = ['google', 'microsoft', 'other'] as const;
export type Provider = (typeof PROVIDERS)[number];
type Known = Exclude<Provider, 'other'>;
type Auth = Mailbox['auth'];
export type Place = Pick<
  Mailbox,
  'host' | 'auth' | 'authorize_url' | 'token_url' | 'revoke_url' | 'scope'
>;

const HOSTS: Record<Known, string> = {
  google: 'imap.gmail.com',
  microsoft: 'outlook.office365.com',
};
const GOOGLE_PAGE =
  'https://accounts.google.com/o/oauth2/v2/auth?access_type=offline&prompt=consent';
const GOOGLE_TOKENS = 'https://oauth2.googleapis.com/token';
const GOOGLE_REVOKES = 'https://oauth2.googleapis.com/revoke';
const MICROSOFT = 'https://login.microsoftonline.com/';
const ANY_TENANT = 'organizations';

/** How one can sign in at a provider. */
export function waysOf(provider: Provider): readonly Auth[] {
  return provider === 'google'
    ? ['refresh_token', 'password']
    : provider === 'microsoft'
      ? ['refresh_token', 'client_credentials']
      : ['password', 'refresh_token', 'client_credentials'];
}

/** Where and how one signs in at a provider that is known; without a tenant, as a person of any. */
export function placeAt(provider: Known, auth: Auth, tenant = ''): Place {
  const host = HOSTS[provider];
  const byConsent = auth === 'refresh_token';
  const nowhere = { host, auth, authorize_url: '', token_url: '', revoke_url: '', scope: '' };
  if (auth === 'password') return nowhere;
  if (provider === 'google') {
    return {
      host,
      auth,
      authorize_url: GOOGLE_PAGE,
      token_url: GOOGLE_TOKENS,
      revoke_url: GOOGLE_REVOKES,
      scope: 'https://mail.google.com/',
    };
  }
  const base = `${MICROSOFT}${encodeURIComponent(tenant.trim()) || ANY_TENANT}/oauth2/v2.0/`;
  return {
    host,
    auth,
    authorize_url: byConsent ? `${base}authorize` : '',
    token_url: `${base}token`,
    revoke_url: '',
    scope: byConsent
      ? 'https://outlook.office.com/IMAP.AccessAsUser.All offline_access'
      : 'https://outlook.office365.com/.default',
  };
}

/** Microsoft's tenant that an address names; empty for any. */
export function tenantOf({ token_url }: Pick<Place, 'token_url'>): string {
  const named = token_url.startsWith(MICROSOFT)
    ? (token_url.slice(MICROSOFT.length).split('/')[0] ?? '')
    : '';
  return named === ANY_TENANT ? '' : decodeURIComponent(named);
}

/** Whose mailbox it is, where all of its addresses are that provider's own. */
export function providerOf(place: Place): Provider {
  const { host, auth, token_url, scope } = place;
  const known = (['google', 'microsoft'] as const).find((one) => {
    if (host !== HOSTS[one] || !waysOf(one).includes(auth)) return false;
    if (auth === 'password') return true;
    const own = placeAt(one, auth, tenantOf(place));
    const samePage = auth !== 'refresh_token' || own.authorize_url === place.authorize_url;
    return samePage && own.token_url === token_url && own.scope === scope;
  });
  return known ?? 'other';
}
