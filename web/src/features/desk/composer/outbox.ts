/** What was sent and has not arrived yet: letters go one after another, in the order in which they were written. */
import { newKey } from '@/api/http';
import type { Letter, Letters } from '@/features/desk/composer/letters';

/** How long a letter is sent again under its key, which the server knows for two days. */
const SENT_AGAIN_MS = 24 * 60 * 60 * 1000;

interface Ports<Body, Answer> {
  /** Posts a letter, under a key by which the server knows one that it has already; raises what went wrong. */
  post: (body: Body, key: string) => Promise<Answer>;
  /** Whether it is unknown, after an error, if the letter arrived. */
  lost: (error: unknown) => boolean;
  /** Where letters lie until they are answered, whatever becomes of this page. */
  letters: Letters<Body>;
  join: (first: Body, then: Body) => Body;
  same: (one: Body, other: Body) => boolean;
  onSent: (answer: Answer) => void;
  /** Hears what comes back: the letter that failed, joined with those behind it, which must not overtake it. */
  onFailed: (error: unknown, back: Body) => void;
  onIdle: () => void;
}

export interface Outbox<Body> {
  send: (body: Body) => void;
  /** Sends again, under their keys, what an earlier page left; what is too old for that comes back. */
  resume: () => void;
  /** Sends nothing more and tells nobody: what is not answered stays where letters lie. */
  close: () => void;
}

/** What fails in a listener is reported and holds up no letter. */
function tell(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    reportError(error);
  }
}

export function outbox<Body, Answer>(ports: Ports<Body, Answer>): Outbox<Body> {
  const { post, lost, letters, join, same, onSent, onFailed, onIdle } = ports;
  let waiting: Letter<Body>[] = [];
  let failed: Letter<Body> | null = null;
  let running = false;
  let closed = false;

  const posted = async ({ body, key }: Letter<Body>): Promise<Answer> => {
    try {
      return await post(body, key);
    } catch (error) {
      if (closed || !lost(error)) throw error;
      // It may have arrived: what comes back, and is sent joined with more, would reach the customer twice.
      return post(body, key);
    }
  };
  const giveBack = (error: unknown) => {
    const [first, ...behind] = waiting;
    if (!first) return;
    const back = behind.reduce((all, one) => join(all, one.body), first.body);
    const keys = waiting.map((one) => one.key);
    // Sent again as it is, it may be one that did arrive; whatever else is sent is another letter.
    failed = first;
    waiting = [];
    tell(() => onFailed(error, back));
    letters.drop(keys);
  };
  const run = async () => {
    running = true;
    for (let first = waiting[0]; first && !closed; first = waiting[0]) {
      let answer: Answer;
      try {
        answer = await posted(first);
      } catch (error) {
        if (!closed) giveBack(error);
        continue;
      }
      waiting.shift();
      letters.drop([first.key]);
      failed = null;
      if (!closed) tell(() => onSent(answer));
    }
    running = false;
    tell(onIdle);
  };
  const go = () => {
    if (!running && waiting.length > 0) void run();
  };
  return {
    send: (body) => {
      const key = failed && same(failed.body, body) ? failed.key : newKey();
      const letter = { body, key, at: Date.now() };
      letters.keep(letter);
      waiting.push(letter);
      go();
    },
    resume: () => {
      if (running) return;
      waiting = [...letters.read()];
      if (waiting.some((one) => Date.now() - one.at > SENT_AGAIN_MS)) giveBack(null);
      go();
    },
    close: () => {
      closed = true;
    },
  };
}
