/** How far the visitor has read, remembered over pages and shared by all tabs. */

import type { Conversation } from './conversation';
import type { Storage } from './storage';

const READ = 'read';

export class ReadMark {
  constructor(
    private readonly storage: Storage,
    private readonly conversation: Conversation,
  ) {}

  /** Moves to the newest message; answers its seq, or null when it was there already. */
  move(): number | null {
    const { id, ownReadSeq, transcript } = this.conversation;
    const seq = transcript.contiguous;
    if (id === null || seq <= ownReadSeq) return null;
    this.conversation.ownReadSeq = seq;
    this.storage.set(READ, JSON.stringify([id, seq]));
    return seq;
  }

  /** Takes over how far another tab or an earlier page has come. */
  adopt(): void {
    const [id, seq] = parse(this.storage.get(READ));
    if (id !== this.conversation.id) return;
    this.conversation.ownReadSeq = Math.max(this.conversation.ownReadSeq, seq);
  }
}

export function isReadKey(key: string): boolean {
  return key === READ;
}

function parse(text: string | null): [string, number] {
  try {
    const [id, seq] = JSON.parse(text ?? '') as [unknown, unknown];
    return [String(id), Number(seq) || 0];
  } catch {
    return ['', 0];
  }
}
