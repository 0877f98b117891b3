/** Notices that messages are missing and asks for them again. */

import { backoff } from './backoff';
import type { Transcript } from './transcript';

const SETTLE_MS = 300;
const ATTEMPTS = 4;
const REPLAY_MS = 10_000;

export class Repair {
  replaying = false;
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private replayTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly transcript: () => Transcript,
    private readonly ask: () => void,
    private readonly changed: () => void,
  ) {}

  /** The server has welcomed us and sends what we lack; until it is done a gap is no surprise. */
  replaysBegin(): void {
    this.replaying = true;
    clearTimeout(this.replayTimer);
    this.replayTimer = setTimeout(() => this.replayed(), REPLAY_MS);
  }

  /** The replay is complete, or overdue. */
  replayed(): void {
    clearTimeout(this.replayTimer);
    this.replaying = false;
    this.changed();
    this.look();
  }

  /** Frames may arrive a little out of order; a gap that stays is asked for, and after some attempts accepted. */
  look(): void {
    clearTimeout(this.timer);
    if (!this.transcript().hasGap) this.attempts = 0;
    else if (!this.replaying)
      this.timer = setTimeout(() => this.fill(), SETTLE_MS + backoff(this.attempts, 0));
  }

  /** The connection is gone; the next welcome begins anew. */
  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.replayTimer);
    this.replaying = false;
    this.attempts = 0;
  }

  private fill(): void {
    const transcript = this.transcript();
    if (!transcript.hasGap) return;
    if (this.attempts++ < ATTEMPTS) this.ask();
    else transcript.assumeWhole(transcript.latest);
  }
}
