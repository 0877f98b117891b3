/** Numbers, dates and durations in the reader's language and zone. */
import { useTranslation } from 'react-i18next';
import { intlLocale } from '@/components/languages';

export interface Format {
  /** "40 s", "4 min", "2 h 5 min", "3 d" from seconds. */
  duration: (seconds: number) => string;
  /** "m:ss" or "h:mm:ss", for counters. */
  counter: (seconds: number) => string;
  time: (at: string) => string;
  date: (at: string) => string;
  /** Of what is past: the time today, the weekday in the six days before, else the date. */
  short: (at: string) => string;
  /**
   * A time to keep, with its day where that is not today: "08:00", in the six days to come "Mon 08:00", else
   * "24 Dec, 08:00", with its year where that is another.
   */
  upcoming: (at: string) => string;
  /** Date and time to the second: for hover texts. */
  exact: (at: string) => string;
  day: (at: string) => string;
  number: (value: number, digits?: number) => string;
  percent: (share: number, digits?: number) => string;
  bytes: (size: number) => string;
  language: (tag: string) => string;
  /** The name of an ISO 3166-1 alpha-2 code; of one that nobody knows the code. */
  country: (code: string) => string;
  /** "names, addresses and diagnoses". */
  list: (words: readonly string[]) => string;
  /** Which of two names comes first. */
  compare: (one: string, other: string) => number;
}

/** The same in every Latin script. */
const SYMBOLS = { second: 's', minute: 'min', hour: 'h' };

const pad = (value: number) => String(value).padStart(2, '0');

export function counterText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

const midnight = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();

/** Days of the calendar from today, before it negative; rounded, since a day may have 23 or 25 hours. */
const daysAhead = (at: Date, today: Date) =>
  Math.round((midnight(at) - midnight(today)) / 86_400_000);

/** For how many days, to one side of today, a weekday says which day is meant. */
const WEEKDAYS_FOR = 6;

export function makeFormat(locale: string): Format {
  const numbers = new Map<string, Intl.NumberFormat>();
  const numberBy = (options: Intl.NumberFormatOptions) => {
    const key = JSON.stringify(options);
    const found = numbers.get(key) ?? new Intl.NumberFormat(locale, options);
    numbers.set(key, found);
    return found;
  };
  const unit = (value: number, name: string) =>
    numberBy({ style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  const span = (value: number, name: keyof typeof SYMBOLS) =>
    locale.startsWith('ar') ? unit(value, name) : `${value} ${SYMBOLS[name]}`;
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, options);
    return (at: string) => format.format(new Date(at));
  };
  const time = dates({ hour: '2-digit', minute: '2-digit' });
  const weekday = dates({ weekday: 'short' });
  const weekdayTime = dates({ weekday: 'short', hour: '2-digit', minute: '2-digit' });
  const dayTime = dates({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  const dateTime = dates({
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  const dayMonth = dates({ day: 'numeric', month: 'short' });
  const date = dates({ day: 'numeric', month: 'short', year: 'numeric' });
  const list = new Intl.ListFormat(locale);
  const languages = new Intl.DisplayNames(locale, { type: 'language' });
  const countries = new Intl.DisplayNames(locale, { type: 'region' });
  return {
    duration: (seconds) => {
      const whole = Math.max(0, Math.round(seconds));
      if (whole < 60) return span(whole, 'second');
      if (whole < 3600) return span(Math.floor(whole / 60), 'minute');
      if (whole < 86_400) {
        const minutes = Math.floor(whole / 60) % 60;
        const hours = span(Math.floor(whole / 3600), 'hour');
        return minutes ? `${hours} ${span(minutes, 'minute')}` : hours;
      }
      return unit(Math.floor(whole / 86_400), 'day');
    },
    counter: counterText,
    time,
    date,
    short: (at) => {
      const then = new Date(at);
      const today = new Date();
      const days = daysAhead(then, today);
      if (days === 0) return time(at);
      if (days < 0 && days >= -WEEKDAYS_FOR) return weekday(at);
      return then.getFullYear() === today.getFullYear() ? dayMonth(at) : date(at);
    },
    upcoming: (at) => {
      const then = new Date(at);
      const today = new Date();
      const days = daysAhead(then, today);
      if (days === 0) return time(at);
      if (days > 0 && days <= WEEKDAYS_FOR) return weekdayTime(at);
      return then.getFullYear() === today.getFullYear() ? dayTime(at) : dateTime(at);
    },
    exact: dates({ dateStyle: 'full', timeStyle: 'medium' }),
    day: dates({ weekday: 'long', day: 'numeric', month: 'long' }),
    number: (value, digits = 0) => numberBy({ maximumFractionDigits: digits }).format(value),
    percent: (share, digits = 0) =>
      numberBy({ style: 'percent', maximumFractionDigits: digits }).format(share),
    bytes: (size) => {
      if (size < 1000) return unit(size, 'byte');
      if (size < 1_000_000) return unit(Math.round(size / 1000), 'kilobyte');
      return unit(Math.round(size / 100_000) / 10, 'megabyte');
    },
    language: (tag) => languages.of(tag) ?? tag,
    country: (code) => countries.of(code) ?? code,
    list: (words) => list.format(words),
    compare: new Intl.Collator(locale, { numeric: true }).compare,
  };
}

const formats = new Map<string, Format>();

/** One for each language: making a formatter of Intl's costs more than all that it ever formats. */
function formatOf(language: string): Format {
  const found = formats.get(language) ?? makeFormat(intlLocale(language));
  formats.set(language, found);
  return found;
}

export function useFormat(): Format {
  return formatOf(useTranslation().i18n.language);
}
