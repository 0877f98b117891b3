import { expect, test } from 'vitest';
import { changesOf, isWhole, toSend, type Facts } from '@/features/compliance/facts';

const KNOWN: Facts = {
  title: 'Lost laptop',
  description: '',
  severity: 'medium',
  regimes: ['gdpr'],
  data_kinds: ['names'],
  customers_estimate: 0,
  time_zone: 'UTC',
  occurred_at: null,
  aware_at: '2026-01-05T10:20:30Z',
  contract_hours: null,
};
const CONTRACT: Facts = { ...KNOWN, regimes: ['contract'] };

test('a contract without its hours is not whole, nor is what has no title or no rule', () => {
  expect(isWhole(KNOWN)).toBe(true);
  expect(isWhole(CONTRACT)).toBe(false);
  expect(isWhole({ ...CONTRACT, contract_hours: 24 })).toBe(true);
  expect(isWhole({ ...KNOWN, title: ' ' })).toBe(false);
  expect(isWhole({ ...KNOWN, regimes: [] })).toBe(false);
});

test('hours are sent with a contract alone', () => {
  expect(toSend({ ...CONTRACT, contract_hours: 24 })).toMatchObject({ contract_hours: 24 });
  expect(toSend({ ...KNOWN, contract_hours: 24 })).not.toHaveProperty('contract_hours');
});

test('only what is another than before is sent', () => {
  expect(changesOf(KNOWN, { ...KNOWN, data_kinds: ['names'] })).toEqual({});
  expect(changesOf(KNOWN, { ...KNOWN, customers_estimate: 12, data_kinds: [] })).toEqual({
    customers_estimate: 12,
    data_kinds: [],
  });
});
