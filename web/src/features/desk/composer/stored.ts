/** What becomes of a draft when the server's copy of it arrives. */
import type { Draft } from '@/api/types';
import { hasNothing, joined, type DraftContent } from '@/features/desk/composer/content';
import type { Letter } from '@/features/desk/composer/letters';

export interface LocalDraft extends DraftContent {
  at: string;
  /** Written before it was known what the server keeps. */
  apart?: boolean;
}

/** Whether two drafts say and carry the same. */
export const same = (one: DraftContent, other: DraftContent) =>
  one.text === other.text &&
  one.html === other.html &&
  one.attachments.map((each) => each.file_id).join() ===
    other.attachments.map((each) => each.file_id).join();

/** Whether all that one draft says and carries is in another. */
const isWithin = (one: DraftContent, other: DraftContent) =>
  other.text.includes(one.text.trim()) &&
  one.attachments.every((each) =>
    other.attachments.some((their) => their.file_id === each.file_id),
  );

/** Whether a stored draft is an earlier state of a letter that was sent: the server forgets it when that arrives. */
export const isOnItsWay = (stored: DraftContent, letters: readonly Letter<DraftContent>[]) =>
  letters.some(
    ({ body }) => isWithin(stored, body) && body.text.trim().startsWith(stored.text.trim()),
  );

/**
 * What to show instead of what is there; null: nothing else. `local` is what this browser had kept, `typed` what was
 * typed while the server's copy was on its way. Neither ever takes the place of words that nobody here has seen.
 */
export function met(
  stored: Draft | null,
  local: LocalDraft | null,
  typed: DraftContent | null,
): DraftContent | null {
  if (!stored || hasNothing(stored)) return null;
  if (local && ((!local.apart && local.at >= stored.updated_at) || same(local, stored)))
    return null;
  const { text, html, attachments } = stored;
  const own = typed ?? (local?.apart ? local : null);
  if (own && isWithin(stored, own)) return null;
  return own ? joined({ text, html, attachments }, own) : { text, html, attachments };
}
