/** The copy of a draft in this browser, also for a conversation that is not on the screen. */
import { queryClient } from '@/api/client';
import { conversationsApi, draftQuery } from '@/api/conversations';
import { joined, hasNothing, type DraftContent } from '@/features/desk/composer/content';
import { lettersIn, type Letters } from '@/features/desk/composer/letters';
import type { Field } from '@/features/desk/composer/replies';
import { isOnItsWay, met, type LocalDraft } from '@/features/desk/composer/stored';

export const NOTHING: DraftContent = { text: '', html: null, attachments: [] };

export const draftKey = (personId: string, conversationId: string) =>
  `careloom.draft.${personId}.${conversationId}`;

export const repliesOf = (personId: string, conversationId: string): Letters<DraftContent> =>
  lettersIn(localStorage, `careloom.replies.${personId}.${conversationId}`);

export function readLocal(key: string): LocalDraft | null {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? 'null') as LocalDraft | null;
    return found && { ...NOTHING, ...found };
  } catch {
    return null;
  }
}

export function writeLocal(
  key: string,
  { text, html, attachments }: DraftContent,
  at: string,
  apart: boolean,
): void {
  const kept: LocalDraft = { text, html, attachments, at, apart };
  try {
    if (hasNothing(kept)) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // The server's copy remains.
  }
}

const saving = new Map<string, Promise<void>>();

/** The last save of a draft to the server, whoever began it; it fails silently. */
export const saved = (key: string): Promise<void> => saving.get(key) ?? Promise.resolve();

/** Begins a save after which a reply has to come. */
export function begin(key: string, save: Promise<void>): void {
  saving.set(
    key,
    save.catch(() => undefined),
  );
}

export async function saveDraft(conversationId: string, content: DraftContent) {
  const { text, html, attachments } = content;
  const file_ids = attachments.map((one) => one.file_id);
  return conversationsApi.saveDraft(conversationId, { text, html, file_ids });
}

/** The field of a conversation that is not on the screen. */
export function awayField(personId: string, conversationId: string): Field {
  const key = draftKey(personId, conversationId);
  const write = (content: DraftContent, apart: boolean) =>
    writeLocal(key, content, new Date().toISOString(), apart);
  const save = (content: DraftContent) =>
    begin(
      key,
      saveDraft(conversationId, content).then(() => undefined),
    );
  return {
    kept: async () => {
      await saved(key);
      const query = { ...draftQuery(conversationId), staleTime: 0, retry: false };
      const stored = await queryClient.fetchQuery(query).catch(() => null);
      if (!stored || isOnItsWay(stored, repliesOf(personId, conversationId).read())) return;
      const both = met(stored, readLocal(key), null);
      if (both) write(both, false);
    },
    sent: () => {
      queryClient.setQueryData(draftQuery(conversationId).queryKey, null);
      const local = readLocal(key);
      if (local) save(local);
    },
    giveBack: (back) => {
      const both = joined(back, readLocal(key) ?? NOTHING);
      write(both, true);
      save(both);
    },
  };
}
