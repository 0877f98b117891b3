/** What is being written: plain text, and markup where the channel has it. */

export interface Content {
  text: string;
  html: string | null;
}

export const EMPTY: Content = { text: '', html: null };

export const isEmpty = (content: Content) => content.text.trim() === '';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Paragraphs for an editor of markup. */
export function textToHtml(text: string): string {
  const safe = text.replace(/[&<>"]/g, (one) => escapes[one] ?? one);
  return safe
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>')}</p>`)
    .join('');
}

/** What an editor offers to the composer around it. */
export interface EditorHandle {
  focus: () => void;
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
  onEscape: () => void;
  onHandle: (handle: EditorHandle | null) => void;
}
