/** The replies of one person in one conversation, and the field from which they come, which may be away meanwhile. */
import { store } from '@/components/store';
import type { Letters } from '@/features/desk/composer/letters';
import { joined, type DraftContent } from '@/features/desk/composer/content';
import { outbox } from '@/features/desk/composer/outbox';
import { same } from '@/features/desk/composer/stored';

const SLOW_MS = 400;

/** Where replies are written: the field on the screen, or what this browser keeps of it. */
export interface Field {
  /**
   * Waits for what is under way: a reply must not come before a save that was begun earlier, and the server forgets its
   * draft with a reply, so that has to be read before.
   */
  kept: () => Promise<void>;
  /** A reply was sent, whereupon the server forgot its draft: it shall keep what was written since. */
  sent: () => void;
  /** Puts what could not be sent before what was written since. */
  giveBack: (content: DraftContent) => void;
}

interface Ports<Answer> {
  post: (content: DraftContent, key: string) => Promise<Answer>;
  lost: (error: unknown) => boolean;
  letters: Letters<DraftContent>;
  /** The field while none is on the screen. */
  away: Field;
  onSent: (answer: Answer) => void;
  onFailed: (error: unknown) => void;
}

export function replyBox<Answer>({ post, lost, letters, away, onSent, onFailed }: Ports<Answer>) {
  let field = away;
  let open = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Something is under way for longer than goes unnoticed. */
  const slow = store(false);
  const box = outbox<DraftContent, Answer>({
    post: async (content, key) => {
      // Whoever comes or leaves meanwhile has a draft to keep, too.
      for (let asked: Field | null = null; asked !== field;) {
        asked = field;
        await asked.kept();
      }
      if (!open) throw new Error('signed out');
      return post(content, key);
    },
    lost,
    letters,
    join: joined,
    same,
    onSent: (answer) => {
      field.sent();
      onSent(answer);
    },
    onFailed: (error, back) => {
      field.giveBack(back);
      onFailed(error);
    },
    onIdle: () => {
      clearTimeout(timer);
      timer = undefined;
      slow.set(false);
    },
  });
  return {
    slow,
    send: (content: DraftContent): void => {
      timer ??= setTimeout(() => slow.set(true), SLOW_MS);
      box.send(content);
    },
    /** The field on the screen from now on; gives what takes it away again. */
    enter: (entering: Field): (() => void) => {
      field = entering;
      box.resume();
      return () => {
        if (field === entering) field = away;
      };
    },
    close: (): void => {
      open = false;
      box.close();
    },
  };
}
