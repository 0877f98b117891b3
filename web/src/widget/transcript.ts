/** The messages of a conversation in the order of their seq, and what is missing from them. */

import type { Message } from './protocol';

/** Frames may come twice, late or out of order; each seq is kept once and the latest copy wins. */
export class Transcript {
  private readonly bySeq = new Map<number, Message>();
  private expected = 0;
  private whole = 0;

  /** Up to this seq nothing is missing. */
  get contiguous(): number {
    return this.whole;
  }

  /** The last visible seq that the server has told us of. */
  get latest(): number {
    return this.expected;
  }

  /** Whether something visible is known to exist and is not here. */
  get hasGap(): boolean {
    return this.whole < this.expected;
  }

  /** Adds a message; answers whether its seq is new here. */
  add(message: Message): boolean {
    const fresh = !this.bySeq.has(message.seq);
    this.bySeq.set(message.seq, message);
    this.expected = Math.max(this.expected, message.seq);
    this.advance();
    return fresh;
  }

  /** The server says that visible messages go up to `seq`. */
  expect(seq: number): void {
    this.expected = Math.max(this.expected, seq);
  }

  /** What lies at or below `seq` will not be sent again: it counts as complete. */
  assumeWhole(seq: number): void {
    this.whole = Math.max(this.whole, seq);
    this.expected = Math.max(this.expected, seq);
    this.advance();
  }

  /** All messages, ascending. */
  messages(): Message[] {
    return [...this.bySeq.values()].sort((a, b) => a.seq - b.seq);
  }

  /** The message that this client id became, if it is here. */
  byClientId(clientId: string): Message | null {
    for (const message of this.bySeq.values()) if (message.client_id === clientId) return message;
    return null;
  }

  private advance(): void {
    for (const message of this.messages()) {
      if (message.seq <= this.whole) continue;
      if (message.previous > this.whole) return;
      this.whole = message.seq;
    }
  }
}
