/** Times, days and sizes in the visitor's language and zone. */

import type { Language } from '../language';

export function time(at: number, language: Language): string {
  return new Intl.DateTimeFormat(language.tag, { hour: 'numeric', minute: '2-digit' }).format(at);
}

export function day(at: number, now: number, { tag, texts }: Language): string {
  const that = new Date(at).toDateString();
  if (that === new Date(now).toDateString()) return texts.today;
  if (that === new Date(now - 86_400_000).toDateString()) return texts.yesterday;
  return new Intl.DateTimeFormat(tag, { weekday: 'long', day: 'numeric', month: 'long' }).format(
    at,
  );
}

/** 1_500_000 becomes "1.5 MB". */
export function size(bytes: number, { tag }: Language): string {
  const mega = bytes >= 1_000_000;
  const value = mega ? bytes / 1_000_000 : Math.max(1, bytes / 1_000);
  const digits = new Intl.NumberFormat(tag, { maximumFractionDigits: mega ? 1 : 0 }).format(value);
  return `${digits} ${mega ? 'MB' : 'kB'}`;
}
