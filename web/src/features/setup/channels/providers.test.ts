import { describe, expect, it } from 'vitest';
import { placeAt, providerOf, PROVIDERS, tenantOf, waysOf } from './providers';

const KNOWN = PROVIDERS.filter((one) => one !== 'other');

describe('known mail providers', () => {
  it('are recognised by their own addresses', () => {
    for (const provider of KNOWN) {
      for (const auth of waysOf(provider)) {
        for (const tenant of ['', 'brand.example', 'a b/c']) {
          expect(providerOf(placeAt(provider, auth, tenant))).toBe(provider);
        }
      }
    }
  });

  it('are others as soon as one address is another', () => {
    const place = placeAt('google', 'refresh_token');
    for (const change of [
      { host: 'imap.brand.example' },
      { authorize_url: '' },
      { token_url: 'https://login.brand.example/token' },
      { scope: 'mail' },
      { auth: 'client_credentials' as const },
    ]) {
      expect(providerOf({ ...place, ...change })).toBe('other');
    }
  });

  it('ask for access that lasts', () => {
    expect(placeAt('google', 'refresh_token').authorize_url).toContain('access_type=offline');
    expect(placeAt('microsoft', 'refresh_token').scope).toContain('offline_access');
  });

  it('keep the tenant in the address', () => {
    expect(tenantOf(placeAt('microsoft', 'client_credentials', 'brand.example'))).toBe(
      'brand.example',
    );
    expect(tenantOf(placeAt('microsoft', 'refresh_token'))).toBe('');
    expect(tenantOf({ token_url: 'https://login.brand.example/token' })).toBe('');
  });
});
