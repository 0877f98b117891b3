/** The notes of one person in one conversation: the one that is written, and those on their way. */
import { store } from '@/components/store';
import { EMPTY, isEmpty, type Content } from '@/features/desk/composer/content';
import type { Letters } from '@/features/desk/composer/letters';
import { outbox } from '@/features/desk/composer/outbox';

/** A note as it is sent: the same under one key, whoever is assignable by then. */
export interface Note {
  text: string;
  mentions: string[];
}

interface Ports<Answer> {
  post: (note: Note, key: string) => Promise<Answer>;
  lost: (error: unknown) => boolean;
  letters: Letters<Note>;
  /** The ids of those whom a text mentions. */
  mentionsIn: (text: string) => string[];
  onSent: (answer: Answer) => void;
  onFailed: (error: unknown) => void;
}

export function noteBox<Answer>(ports: Ports<Answer>) {
  const { post, lost, letters, mentionsIn, onSent, onFailed } = ports;
  /** `version` changes when the note was sent, or came back: the editor starts anew. */
  const state = store<{ content: Content; version: number }>({ content: EMPTY, version: 0 });
  const show = (content: Content) => state.set({ content, version: state.get().version + 1 });
  const box = outbox<Note, Answer>({
    post,
    lost,
    letters,
    join: (first, then) => ({
      text: `${first.text}\n\n${then.text}`,
      mentions: [...new Set([...first.mentions, ...then.mentions])],
    }),
    same: (one, other) => one.text === other.text && one.mentions.join() === other.mentions.join(),
    onSent,
    onFailed: (error, back) => {
      const text = [back.text, state.get().content.text].filter(Boolean).join('\n\n');
      show({ text, html: null });
      onFailed(error);
    },
    onIdle: () => undefined,
  });
  return {
    state,
    edit: (content: Content) => state.set({ ...state.get(), content }),
    /** Whether there was something to send. */
    send: (): boolean => {
      const { content } = state.get();
      if (isEmpty(content)) return false;
      const text = content.text.trim();
      show(EMPTY);
      box.send({ text, mentions: mentionsIn(text) });
      return true;
    },
    resume: box.resume,
    close: box.close,
  };
}
