/** What is known of an incident, as a form holds it. */
import type { Incident } from '@/features/compliance/data';

export type Facts = Pick<
  Incident,
  | 'title'
  | 'description'
  | 'severity'
  | 'regimes'
  | 'data_kinds'
  | 'customers_estimate'
  | 'time_zone'
  | 'occurred_at'
  | 'contract_hours'
> & { aware_at: Incident['aware_at'] | null };

export const asksContract = (facts: Facts) => facts.regimes.includes('contract');

/** Whether nothing is missing without which no deadline can be counted. */
export const isWhole = (facts: Facts) =>
  Boolean(facts.title.trim()) &&
  facts.regimes.length > 0 &&
  (!asksContract(facts) || facts.contract_hours !== null);

/** What is sent of them: hours belong to a contract. */
export function toSend({ contract_hours, ...facts }: Facts): Partial<Facts> {
  return asksContract({ contract_hours, ...facts }) ? { contract_hours, ...facts } : facts;
}

/** Those that are others than before. */
export function changesOf(before: Facts, after: Facts): Partial<Facts> {
  const changed = Object.entries(toSend(after)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof Facts]),
  );
  return Object.fromEntries(changed);
}
