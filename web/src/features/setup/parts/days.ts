/** Days as date fields write them. */
import type { Instant } from '@/api/types';

/** The beginning of a day where the reader is, so many days later; undefined for what is no day. */
export function dayOf(day: string | undefined, later: number): Instant | undefined {
  const [year = NaN, month = NaN, date = NaN] = (day ?? '').split('-').map(Number);
  const at = new Date(year, month - 1, date + later);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
