/** Turns messages and unsent entries into the rows of the log: grouped by speaker and time, days marked. */

import type { Entry } from './outbox';
import type { Attachment, Message } from './protocol';

const GROUP_MS = 5 * 60_000;

export type SendState = 'sending' | 'sent' | 'seen' | 'failed';

interface Placed {
  key: string;
  at: number;
}

export interface DayRow extends Placed {
  type: 'day';
}

export interface EventRow extends Placed {
  type: 'event';
  text: string;
  details: Record<string, string>;
}

export interface MessageRow extends Placed {
  type: 'message';
  own: boolean;
  author: string;
  text: string;
  attachments: Attachment[];
  /** First and last of a run of messages by the same speaker. */
  first: boolean;
  last: boolean;
  /** Only for own messages, and only where it is worth saying. */
  state: SendState | null;
  /** Why the server refused it. */
  reason: string | null;
  clientId: string | null;
}

export type Row = DayRow | EventRow | MessageRow;

const SHOWN_EVENTS = ['assigned', 'transferred', 'ended', 'reopened', 'email_continued'];

/** `readSeq`: an agent has read up to here. Entries not yet stored by the server come last. */
export function rows(messages: Message[], entries: Entry[], readSeq: number): Row[] {
  const known = new Set(messages.map((message) => message.client_id));
  const plain: Row[] = [];
  for (const message of messages) {
    if (message.kind !== 'event') plain.push(spoken(message, readSeq));
    else if (SHOWN_EVENTS.includes(message.text)) plain.push(happened(message));
  }
  for (const entry of entries) {
    if (entry.frame.type === 'message' && !known.has(entry.frame.client_id))
      plain.push(unsent(entry));
  }
  return withDays(grouped(plain));
}

function spoken(message: Message, readSeq: number): MessageRow {
  const own = message.kind === 'inbound';
  return {
    type: 'message',
    key: own && message.client_id ? message.client_id : `s${message.seq}`,
    at: Date.parse(message.at),
    own,
    author: message.author_name,
    text: message.text,
    attachments: message.attachments,
    first: true,
    last: true,
    state: own ? (message.seq <= readSeq ? 'seen' : 'sent') : null,
    reason: null,
    clientId: message.client_id,
  };
}

function happened(message: Message): EventRow {
  return {
    type: 'event',
    key: `s${message.seq}`,
    at: Date.parse(message.at),
    text: message.text,
    details: message.details,
  };
}

function unsent(entry: Entry): MessageRow {
  const frame = entry.frame;
  return {
    type: 'message',
    key: frame.client_id,
    at: entry.order,
    own: true,
    author: '',
    text: frame.type === 'message' ? frame.text : '',
    attachments: entry.attachments,
    first: true,
    last: true,
    state: entry.failed === null ? 'sending' : 'failed',
    reason: entry.failed,
    clientId: frame.client_id,
  };
}

/** Marks the runs of one speaker; only the newest own message keeps its state. */
function grouped(plain: Row[]): Row[] {
  let stateSaid = false;
  for (let index = plain.length - 1; index >= 0; index--) {
    const row = plain[index];
    if (row?.type !== 'message') continue;
    row.first = !together(plain[index - 1], row);
    row.last = !together(row, plain[index + 1]);
    if (!row.own || row.state === 'failed') continue;
    if (stateSaid) row.state = null;
    stateSaid = true;
  }
  return plain;
}

function together(a: Row | undefined, b: Row | undefined): boolean {
  return (
    a?.type === 'message' &&
    b?.type === 'message' &&
    a.own === b.own &&
    a.author === b.author &&
    a.state !== 'failed' &&
    b.at - a.at < GROUP_MS &&
    day(a.at) === day(b.at)
  );
}

function withDays(plain: Row[]): Row[] {
  const all: Row[] = [];
  let today = '';
  for (const row of plain) {
    const its = day(row.at);
    if (its !== today) all.push({ type: 'day', key: `d${its}`, at: row.at });
    today = its;
    all.push(row);
  }
  return all;
}

function day(at: number): string {
  return new Date(at).toDateString();
}
