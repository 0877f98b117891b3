/** What each frame of the server means for what the visitor sees. */

import type { Conversation } from './conversation';
import type { Emitter } from './emitter';
import type { Outbox } from './outbox';
import type {
  AckFrame,
  ClientFrame,
  ErrorFrame,
  MessageFrame,
  ServerFrame,
  WelcomeFrame,
} from './protocol';
import type { ReadMark } from './readmark';
import type { Repair } from './repair';
import type { Sender } from './sender';
import type { Typist } from './typist';
import type { VisitorKeeper } from './visitor';

export interface InboxParts {
  conversation: Conversation;
  outbox: Outbox;
  sender: Sender;
  repair: Repair;
  typist: Typist;
  readMark: ReadMark;
  visitor: VisitorKeeper;
  emitter: Emitter;
  send(frame: ClientFrame): boolean;
  /** The server will not have this page. */
  refused(): void;
  unknownVisitor(): void;
  /** Something that can be seen may have changed. */
  handled(): void;
}

export class Inbox {
  constructor(private readonly parts: InboxParts) {}

  receive(frame: ServerFrame): void {
    this.understand(frame);
    if (frame.type !== 'ping' && frame.type !== 'pong') this.parts.handled();
  }

  private understand(frame: ServerFrame): void {
    const { conversation, emitter, repair, typist } = this.parts;
    switch (frame.type) {
      case 'welcome':
        return this.welcomed(frame);
      case 'message':
        return this.received(frame);
      case 'ack':
        return this.acknowledged(frame);
      case 'error':
        return this.failed(frame);
      case 'typing':
        return typist.set(frame.typing ? (frame.name ?? '') : null);
      case 'upto':
        if (frame.conversation_id === conversation.id) conversation.transcript.expect(frame.seq);
        return repair.replayed();
      case 'read':
        if (frame.conversation_id === conversation.id) conversation.readUpTo(frame.seq);
        return;
      case 'status':
        if (frame.conversation_id !== conversation.id) return;
        conversation.agent = frame.agent;
        conversation.ended = conversation.left || (frame.ended ?? frame.status === 'resolved');
        emitter.emit('conversation', { id: frame.conversation_id, status: frame.status });
    }
  }

  private welcomed(frame: WelcomeFrame): void {
    const { conversation, readMark, repair, send, sender, visitor } = this.parts;
    if (conversation.welcome(frame)) repair.stop();
    if (frame.email_known === true) visitor.emailKnown = true;
    readMark.adopt();
    if (frame.conversation_id !== null) repair.replaysBegin();
    if (conversation.ownReadSeq > (frame.own_read_seq ?? 0)) {
      send({ type: 'read', seq: conversation.ownReadSeq });
    }
    sender.pump();
  }

  private received(frame: MessageFrame): void {
    const { conversation, emitter, repair, sender, typist } = this.parts;
    const message = conversation.message(frame);
    if (frame.client_id) sender.settled(frame.client_id);
    if (message?.kind === 'outbound') {
      const { text, author_name: author, at } = message;
      typist.clear();
      if (!repair.replaying) emitter.emit('message', { text, author, at });
    }
    repair.look();
  }

  private acknowledged(frame: AckFrame): void {
    const { conversation, outbox, sender } = this.parts;
    const entry = outbox.get(frame.client_id);
    if (entry?.frame.type === 'message') {
      conversation.acknowledge(frame, entry.frame, entry.attachments);
    }
    sender.settled(frame.client_id);
  }

  private failed(frame: ErrorFrame): void {
    const { emitter, refused, unknownVisitor } = this.parts;
    if (frame.code === 'origin') refused();
    else if (frame.code === 'visitor') unknownVisitor();
    else this.refusedEntry(frame);
    emitter.emit('error', { code: frame.code, message: frame.message ?? '' });
  }

  /** A refused profile has nothing to show and nothing to try again: it is forgotten. */
  private refusedEntry(frame: ErrorFrame): void {
    const { outbox, sender, visitor } = this.parts;
    sender.refused(frame);
    const entry = frame.client_id ? outbox.get(frame.client_id) : null;
    if (!entry || entry.failed === null || entry.frame.type === 'message') return;
    if (entry.frame.type === 'profile') visitor.emailKnown = false;
    outbox.remove(entry.frame.client_id);
  }
}
