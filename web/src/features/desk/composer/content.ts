/** What is being written: plain text, markup where the channel has it, and files. */
import type { Attachment } from '@/api/types';

/** Whom one writes to: the customer, or colleagues. */
export type Mode = 'reply' | 'note';

export interface Content {
  text: string;
  html: string | null;
}

export interface DraftContent extends Content {
  attachments: readonly Attachment[];
}

export const EMPTY: Content = { text: '', html: null };

export const isEmpty = (content: Content) => content.text.trim() === '';

export const hasNothing = (content: DraftContent) =>
  isEmpty(content) && content.attachments.length === 0;

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Paragraphs for an editor of markup. */
export function textToHtml(text: string): string {
  const safe = text.replace(/[&<>"]/g, (one) => escapes[one] ?? one);
  return safe
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>')}</p>`)
    .join('');
}

/** What came back, before what was written since. */
export function joined(back: DraftContent, since: DraftContent): DraftContent {
  const known = new Set(back.attachments.map((one) => one.file_id));
  const attachments = [
    ...back.attachments,
    ...since.attachments.filter((one) => !known.has(one.file_id)),
  ];
  if (isEmpty(since)) return { text: back.text, html: back.html, attachments };
  const marked = back.html !== null || since.html !== null;
  const html = marked
    ? (back.html ?? textToHtml(back.text)) + (since.html ?? textToHtml(since.text))
    : null;
  return { text: `${back.text}\n\n${since.text}`, html, attachments };
}

/** What an editor offers to the composer around it. */
export interface EditorHandle {
  /** Where the cursor was, or behind the last word. */
  focus: (at?: 'end') => void;
  insert: (text: string) => void;
}

export interface EditorProps {
  initial: Content;
  label: string;
  placeholder: string;
  onChange: (content: Content) => void;
  onSubmit: () => void;
  /** A slash where a word could begin. */
  onSlash: () => void;
  onFiles: (files: File[]) => void;
  onHandle: (handle: EditorHandle | null) => void;
}
