/** What the visitor has said and the server has not acknowledged yet; survives reloads, shared by all tabs. */

import type { Attachment, KeptFrame } from './protocol';
import type { Storage } from './storage';

/** `order` sorts over tabs and pages; `failed` holds the server's refusal, which only the visitor can lift. */
export interface Entry {
  order: number;
  frame: KeptFrame;
  attachments: Attachment[];
  failed: string | null;
}

const PREFIX = 'out.';

/** One storage key per entry, so that two tabs writing at once cannot overwrite each other's entries. */
export class Outbox {
  private last = 0;

  constructor(
    private readonly storage: Storage,
    private readonly now: () => number,
  ) {}

  /** All entries in the order in which they were written. */
  entries(): Entry[] {
    return this.storage
      .keys(PREFIX)
      .map((key) => parse(this.storage.get(key)))
      .filter((entry): entry is Entry => entry !== null)
      .sort((a, b) => a.order - b.order || (a.frame.client_id < b.frame.client_id ? -1 : 1));
  }

  /** The entry to send next: the oldest that was not refused. */
  head(): Entry | null {
    return this.entries().find((entry) => entry.failed === null) ?? null;
  }

  get(clientId: string): Entry | null {
    return parse(this.storage.get(PREFIX + clientId));
  }

  add(frame: KeptFrame, attachments: Attachment[] = []): Entry {
    const newest = this.entries().reduce((order, entry) => Math.max(order, entry.order), this.last);
    this.last = Math.max(this.now(), newest + 1);
    const entry: Entry = { order: this.last, frame, attachments, failed: null };
    this.write(entry);
    return entry;
  }

  /** Forgets an entry: acknowledged, or taken back by the visitor. Answers whether it was there. */
  remove(clientId: string): boolean {
    const known = this.storage.get(PREFIX + clientId) !== null;
    this.storage.remove(PREFIX + clientId);
    return known;
  }

  fail(clientId: string, code: string): void {
    const entry = this.get(clientId);
    if (entry) this.write({ ...entry, failed: code });
  }

  /** Lifts a refusal, so that the entry is sent again in its old place. */
  retry(clientId: string): void {
    const entry = this.get(clientId);
    if (entry) this.write({ ...entry, failed: null });
  }

  clear(): void {
    for (const key of this.storage.keys(PREFIX)) this.storage.remove(key);
  }

  private write(entry: Entry): void {
    this.storage.set(PREFIX + entry.frame.client_id, JSON.stringify(entry));
  }
}

export function isOutboxKey(key: string): boolean {
  return key.startsWith(PREFIX);
}

function parse(text: string | null): Entry | null {
  if (text === null) return null;
  try {
    const entry = JSON.parse(text) as Partial<Entry>;
    return entry.frame && typeof entry.order === 'number' ? (entry as Entry) : null;
  } catch {
    return null;
  }
}
