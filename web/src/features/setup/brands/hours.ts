/** Weekly hours as days of spans; minutes from local midnight, 1440 is the day's end. */
import type { OpenHours } from '@/api/types';

export type Week = readonly (readonly OpenHours[])[];

export function weekOf(hours: readonly OpenHours[]): Week {
  return Array.from({ length: 7 }, (_, weekday) =>
    hours.filter((one) => one.weekday === weekday).sort((a, b) => a.opens - b.opens),
  );
}

export const hoursOf = (week: Week): OpenHours[] => week.flat();

const pad = (value: number) => String(value).padStart(2, '0');

/** "09:30"; the end of the day reads "00:00", as a time field knows no 24:00. */
export const clockOf = (minutes: number) =>
  `${pad(Math.floor(minutes / 60) % 24)}:${pad(minutes % 60)}`;

/** Minutes of "09:30"; null for an unfinished entry. */
export function minutesOf(clock: string): number | null {
  const match = /^(\d{1,2}):(\d{2})/.exec(clock);
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

/** A closing time; midnight means the day's end. */
export const closingOf = (clock: string): number | null => {
  const minutes = minutesOf(clock);
  return minutes === 0 ? 1440 : minutes;
};

export const WORK_WEEK: OpenHours[] = [0, 1, 2, 3, 4].map((weekday) => ({
  weekday,
  opens: 9 * 60,
  closes: 18 * 60,
}));

/** The first span that ends before it begins, or runs into the next: its place in the flat list. */
export function wrongSpan(
  hours: readonly OpenHours[],
): { index: number; why: 'order' | 'overlap' } | null {
  for (const [index, one] of hours.entries()) {
    if (one.closes <= one.opens) return { index, why: 'order' };
    const clash = hours.some(
      (other, at) =>
        at !== index &&
        other.weekday === one.weekday &&
        other.opens < one.closes &&
        one.opens < other.closes,
    );
    if (clash) return { index, why: 'overlap' };
  }
  return null;
}
