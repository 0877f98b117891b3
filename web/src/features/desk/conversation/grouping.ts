/** A thread as a person reads it: days, and runs of one speaker. */
import type { Message } from '@/api/types';

export interface MessageRun {
  type: 'run';
  key: string;
  messages: Message[];
}

export interface DayMark {
  type: 'day';
  key: string;
  at: string;
}

export interface EventMark {
  type: 'event';
  key: string;
  message: Message;
}

export type ThreadPart = MessageRun | DayMark | EventMark;

const PAUSE_MS = 5 * 60_000;

function joins(run: MessageRun, message: Message): boolean {
  const last = run.messages[run.messages.length - 1];
  return (
    last !== undefined &&
    last.kind === message.kind &&
    last.author_id === message.author_id &&
    last.author_name === message.author_name &&
    new Date(message.at).getTime() - new Date(last.at).getTime() < PAUSE_MS
  );
}

/** Messages ascending in; parts in the same order out. */
export function groupThread(messages: readonly Message[]): ThreadPart[] {
  const parts: ThreadPart[] = [];
  let day = '';
  for (const message of messages) {
    const thisDay = new Date(message.at).toDateString();
    if (thisDay !== day) {
      day = thisDay;
      parts.push({ type: 'day', key: `day-${message.seq}`, at: message.at });
    }
    const last = parts[parts.length - 1];
    if (message.kind === 'event') {
      parts.push({ type: 'event', key: `event-${message.seq}`, message });
    } else if (last?.type === 'run' && joins(last, message)) {
      last.messages.push(message);
    } else {
      parts.push({ type: 'run', key: `run-${message.seq}`, messages: [message] });
    }
  }
  return parts;
}
