/** The conversation that the widget shows: its messages, whose turn it is, and how far each side has read. */

import type { AckFrame, Agent, KeptFrame, Message, MessageFrame, WelcomeFrame } from './protocol';
import { Transcript } from './transcript';

export class Conversation {
  id: string | null = null;
  transcript = new Transcript();
  agent: Agent | null = null;
  /** The contact is over; a message may open it again. */
  ended = false;
  /** The visitor has left it; the next message begins another. */
  left = false;
  /** An agent has read up to here. */
  readSeq = 0;
  /** The visitor has read up to here. */
  ownReadSeq = 0;
  private readonly before = new Set<string>();

  /** Takes what the server says on arrival; answers whether another conversation is shown from now on. */
  welcome(frame: WelcomeFrame): boolean {
    if (frame.conversation_id !== null && this.before.has(frame.conversation_id)) return false;
    if (frame.conversation_id === null) {
      if (this.id !== null) this.ended = this.left = true;
      return false;
    }
    const switched = this.enter(frame.conversation_id);
    this.agent = frame.agent;
    this.ended = frame.ended ?? frame.status === 'resolved';
    this.left = false;
    this.readSeq = Math.max(this.readSeq, frame.read_seq ?? 0);
    this.ownReadSeq = Math.max(this.ownReadSeq, frame.own_read_seq ?? 0);
    this.transcript.assumeWhole(frame.base_seq ?? 0);
    return switched;
  }

  /** Answers the message when it is new here. */
  message(frame: MessageFrame): Message | null {
    if (!this.follow(frame.conversation_id)) return null;
    const message = fromFrame(frame);
    const fresh = this.transcript.add(message);
    if (!fresh) return null;
    if (message.kind === 'event' && message.text === 'ended') this.ended = true;
    else if (message.kind !== 'event' || message.text === 'reopened') this.ended = false;
    return message;
  }

  /** Our own message has its place now. */
  acknowledge(
    frame: AckFrame,
    sent: KeptFrame & { type: 'message' },
    attachments: Message['attachments'],
  ): void {
    if (frame.seq === null || !this.follow(frame.conversation_id)) return;
    if (this.transcript.byClientId(frame.client_id)) return;
    this.ended = false;
    this.transcript.add({
      seq: frame.seq,
      previous: frame.previous ?? frame.seq - 1,
      kind: 'inbound',
      text: sent.text,
      author_name: '',
      attachments,
      details: {},
      at: frame.at ?? sent.sent_at,
      client_id: frame.client_id,
    });
  }

  /** An agent has read up to `seq`. */
  readUpTo(seq: number): void {
    this.readSeq = Math.max(this.readSeq, seq);
  }

  /** Whether a message is about this conversation; a new one is entered, what was left is not. */
  private follow(id: string | null): boolean {
    if (id === null || id === this.id) return this.id !== null;
    if (this.before.has(id)) return false;
    this.enter(id);
    return true;
  }

  /** Messages from the brand that the visitor has not seen. */
  unread(): number {
    return this.transcript
      .messages()
      .filter((message) => message.kind === 'outbound' && message.seq > this.ownReadSeq).length;
  }

  /** Shows an empty page, and never again what was here, even if the server has not heard of it yet. */
  abandon(): void {
    if (this.id !== null) this.before.add(this.id);
    this.leave();
  }

  /** Shows an empty page. */
  leave(): void {
    this.id = null;
    this.transcript = new Transcript();
    this.agent = null;
    this.ended = this.left = false;
    this.readSeq = this.ownReadSeq = 0;
  }

  private enter(id: string): boolean {
    if (this.id === id) return false;
    const switched = this.id !== null;
    if (switched) this.abandon();
    else this.leave();
    this.id = id;
    return switched;
  }
}

function fromFrame(frame: MessageFrame): Message {
  return {
    seq: frame.seq,
    previous: frame.previous ?? frame.seq - 1,
    kind: frame.kind,
    text: frame.text,
    author_name: frame.author_name ?? '',
    attachments: frame.attachments ?? [],
    details: frame.details ?? {},
    at: frame.at,
    client_id: frame.client_id ?? null,
  };
}
