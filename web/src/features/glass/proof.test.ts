import { describe, expect, it, vi } from 'vitest';
import { proofBy } from './proof';

vi.mock('@/api/glass', () => ({ signedProof: () => Promise.resolve({ id: 'signed' }) }));

describe('what is sent to show who one is', () => {
  it('is what was typed, as the server asks for it', async () => {
    expect(await proofBy(['passkey', 'code'], ' 123456 ')).toEqual({ code: '123456' });
    expect(await proofBy(['password'], ' a word ')).toEqual({ password: ' a word ' });
  });

  it('is what the passkey signs where nothing was typed', async () => {
    expect(await proofBy(['passkey', 'code'], ' ')).toEqual({ credential: { id: 'signed' } });
  });

  it('is nothing where the sign-in itself is looked at', async () => {
    expect(await proofBy(['sign_in'], '')).toEqual({});
  });
});
