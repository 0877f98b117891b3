/** What was sent and has not arrived yet: letters go one after another, in the order in which they were written. */
import { newKey } from '@/api/http';
import { joined, type DraftContent } from '@/features/desk/composer/content';
import { same } from '@/features/desk/composer/stored';

interface Outbox<Answer> {
  /** Posts a letter, under a key by which the server knows one that it has already; raises what went wrong. */
  post: (letter: DraftContent, key: string) => Promise<Answer>;
  onSent: (answer: Answer) => void;
  /** Hears what comes back: the letter that failed, joined with those behind it, which must not overtake it. */
  onFailed: (error: unknown, back: DraftContent) => void;
  onIdle: () => void;
}

/** Gives what sends a letter. */
export function outbox<Answer>({ post, onSent, onFailed, onIdle }: Outbox<Answer>) {
  let waiting: { letter: DraftContent; key: string }[] = [];
  let failed: { letter: DraftContent; key: string } | null = null;
  const run = async () => {
    for (let first = waiting[0]; first; first = waiting[0]) {
      try {
        const answer = await post(first.letter, first.key);
        waiting.shift();
        failed = null;
        onSent(answer);
      } catch (error) {
        const back = waiting.map((one) => one.letter).reduce(joined);
        // Sent again as it is, it may be one that did arrive; whatever else is sent is another letter.
        failed = first;
        waiting = [];
        onFailed(error, back);
      }
    }
    onIdle();
  };
  return (letter: DraftContent): void => {
    const key = failed && same(failed.letter, letter) ? failed.key : newKey();
    waiting.push({ letter, key });
    if (waiting.length === 1) void run();
  };
}
