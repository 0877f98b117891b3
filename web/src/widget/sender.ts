/** Sends the outbox one entry at a time, in order, until each is acknowledged or refused. */

import type { Entry, Outbox } from './outbox';
import type { ErrorFrame, KeptFrame } from './protocol';

const ACK_MS = 15_000;
const PAUSE_S = 5;
const LONGEST_PAUSE_S = 120;
const MISSES = 2;

export class Sender {
  private inFlight: string | null = null;
  private misses = 0;
  private paused = false;
  private ackTimer: ReturnType<typeof setTimeout> | undefined;
  private pauseTimer: ReturnType<typeof setTimeout> | undefined;

  /** `send` answers false while there is no live connection; `restart` is asked for when answers stay out. */
  constructor(
    private readonly outbox: Outbox,
    private readonly send: (frame: KeptFrame) => boolean,
    private readonly restart: () => void,
    private readonly changed: () => void,
  ) {}

  /** Whether the server asked us to slow down. */
  get isPaused(): boolean {
    return this.paused;
  }

  /** Sends the oldest entry unless one is under way. */
  pump(): void {
    if (this.inFlight !== null || this.paused) return;
    const head: Entry | null = this.outbox.head();
    if (head === null || !this.send(head.frame)) return;
    this.inFlight = head.frame.client_id;
    this.ackTimer = setTimeout(() => this.missed(), ACK_MS);
  }

  /** The server has it: forget it and go on with the next. Answers whether it was still kept. */
  settled(clientId: string): boolean {
    this.misses = 0;
    const known = this.outbox.remove(clientId);
    this.release(clientId);
    return known;
  }

  /** The entry is not to be waited for any more: refused, taken back, or settled by another tab. */
  release(clientId: string): void {
    if (this.inFlight === clientId) this.reset();
    this.pump();
  }

  /** The server refused an entry; answers false when the frame is not about one of ours. */
  refused(error: ErrorFrame): boolean {
    const clientId = error.client_id ?? (error.code === 'rate_limited' ? this.inFlight : null);
    if (clientId === null) return false;
    if (error.code === 'rate_limited') {
      this.pause(Math.min(error.retry_after ?? PAUSE_S, LONGEST_PAUSE_S));
      return true;
    }
    this.outbox.fail(clientId, error.code);
    this.release(clientId);
    return true;
  }

  /** The connection is gone: whatever was under way is sent again later. */
  reset(): void {
    clearTimeout(this.ackTimer);
    this.inFlight = null;
  }

  private pause(seconds: number): void {
    this.reset();
    this.paused = true;
    clearTimeout(this.pauseTimer);
    this.pauseTimer = setTimeout(() => {
      this.paused = false;
      this.changed();
      this.pump();
    }, seconds * 1000);
  }

  private missed(): void {
    this.reset();
    if (++this.misses >= MISSES) {
      this.misses = 0;
      this.restart();
    } else this.pump();
  }
}
