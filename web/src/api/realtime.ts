/** One socket to the server per tab: durable events with ids, replayed after a break; typing and viewers without. */
import { useSyncExternalStore } from 'react';
import { withQuery } from '@/api/http';
import type { Delivery, Instant, Offer, Presence, Uuid } from '@/api/types';

export interface ConversationData {
  customer_id: Uuid;
  conversation_id: Uuid;
  client_id: Uuid;
  queue_id: Uuid | null;
  assignee_id: Uuid | null;
}

/** The durable events and their data. */
export interface Events {
  conversation_opened: ConversationData;
  conversation_changed: ConversationData & { changed: string[] };
  message_added: ConversationData & { seq: number; kind: string; author_id: Uuid | null };
  reply_pending: ConversationData & { pending_id: Uuid; author_id: Uuid };
  reply_recalled: ConversationData & { pending_id: Uuid; author_id: Uuid };
  conversation_assigned: ConversationData & { previous_id: Uuid | null };
  recording_paused: ConversationData & { pause_id: Uuid };
  recording_resumed: ConversationData & { pause_id: Uuid };
  conversation_resolved: ConversationData;
  conversation_reopened: ConversationData;
  person_mentioned: ConversationData & { person_id: Uuid };
  delivery_changed: ConversationData & { seq: number; delivery: Delivery };
  offer_made: { offer: Offer };
  offer_ended: { offer_id: Uuid; outcome: string };
  presence_changed: { person_id: Uuid; state: Presence; since: Instant };
  queue_changed: { queue_id: Uuid };
  person_changed: { person_id: Uuid };
  agent_profile_changed: { person_id: Uuid };
  customer_changed: { customer_id: Uuid };
  customers_merged: { kept_id: Uuid; merged_id: Uuid };
  case_changed: { case_id: Uuid };
  role_changed: { role_id: Uuid };
  organization_changed: { kind: string; id: Uuid };
  privacy_request_changed: { request_id: Uuid; needs: string };
  retention_changed: { kind: string; needs: string };
  incident_changed: { incident_id: Uuid; needs: string };
  incident_deadline_near: {
    incident_id: Uuid;
    duty_id: Uuid;
    due_at: Instant;
    hours: number;
    overdue: boolean;
    needs: string;
  };
  break_glass_begun: { glass_id: Uuid; person_id: Uuid; until: Instant; needs: string };
  break_glass_changed: { glass_id: Uuid; needs: string };
}

export type EventName = keyof Events;

export type DurableEvent = {
  [Name in EventName]: {
    id: number;
    type: Name;
    at: Instant;
    client_id: Uuid | null;
    data: Events[Name];
  };
}[EventName];

export interface Viewer {
  person_id: Uuid;
  name: string;
  typing: boolean;
}

export interface Ephemeral {
  typing: { conversation_id: Uuid; who: 'customer' | 'agent'; name: string; typing: boolean };
  viewers: { conversation_id: Uuid; viewers: Viewer[] };
}

export type Connection = 'connecting' | 'live' | 'lost';

interface Handlers {
  event: (event: DurableEvent) => void;
  /** What was missed is too much to replay: fetch everything again. */
  reset: () => void;
  /** The socket stands again after a break. */
  again: () => void;
  typing: (data: Ephemeral['typing']) => void;
  viewers: (data: Ephemeral['viewers']) => void;
}

interface Frame {
  type: string;
  id?: number;
  data?: unknown;
}

const SILENCE_MS = 45_000;
const MAX_WAIT_MS = 15_000;

class Realtime {
  private socket: WebSocket | null = null;
  private lastId: number | null = null;
  private attempts = 0;
  private retryTimer: number | null = null;
  private silenceTimer: number | null = null;
  private running = false;
  private viewing: Uuid | null = null;
  private connection: Connection = 'connecting';
  private readonly handlers: { [K in keyof Handlers]: Set<Handlers[K]> } = {
    event: new Set(),
    reset: new Set(),
    again: new Set(),
    typing: new Set(),
    viewers: new Set(),
  };
  private readonly connectionListeners = new Set<() => void>();

  start(): void {
    if (this.running) return;
    this.running = true;
    window.addEventListener('online', this.retryNow);
    document.addEventListener('visibilitychange', this.retryNow);
    this.open();
  }

  stop(): void {
    this.running = false;
    window.removeEventListener('online', this.retryNow);
    document.removeEventListener('visibilitychange', this.retryNow);
    if (this.retryTimer !== null) window.clearTimeout(this.retryTimer);
    if (this.silenceTimer !== null) window.clearTimeout(this.silenceTimer);
    this.retryTimer = null;
    this.lastId = null;
    this.attempts = 0;
    this.drop();
  }

  on<K extends keyof Handlers>(name: K, handler: Handlers[K]): () => void {
    this.handlers[name].add(handler);
    return () => {
      this.handlers[name].delete(handler);
    };
  }

  /** Says which conversation this tab shows, so that colleagues see it. */
  view(conversationId: Uuid | null): void {
    this.viewing = conversationId;
    this.send({ type: 'viewing', conversation_id: conversationId });
  }

  typing(conversationId: Uuid, typing: boolean): void {
    this.send({ type: 'typing', conversation_id: conversationId, typing });
  }

  readonly subscribeConnection = (listener: () => void): (() => void) => {
    this.connectionListeners.add(listener);
    return () => {
      this.connectionListeners.delete(listener);
    };
  };

  readonly getConnection = (): Connection => this.connection;

  private send(frame: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private setConnection(next: Connection): void {
    if (this.connection === next) return;
    this.connection = next;
    for (const listener of this.connectionListeners) listener();
  }

  private open(): void {
    const path = withQuery('/api/live/socket', { after: this.lastId });
    const url = new URL(path, window.location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.onmessage = (message) => {
      if (socket === this.socket) this.receive(JSON.parse(String(message.data)) as Frame);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lost();
    };
    this.watchSilence();
  }

  private receive(frame: Frame): void {
    this.watchSilence();
    switch (frame.type) {
      case 'ping':
        this.send({ type: 'pong' });
        // Colleagues forget a viewer who stays silent.
        if (this.viewing) this.view(this.viewing);
        return;
      case 'hello':
        this.greeted(frame.id ?? 0);
        return;
      case 'reset':
        // Lower than before where a server took over that lacks what was told last.
        this.lastId = frame.id ?? 0;
        for (const handler of this.handlers.reset) handler();
        return;
      case 'typing':
        for (const handler of this.handlers.typing) handler(frame.data as Ephemeral['typing']);
        return;
      case 'viewers':
        for (const handler of this.handlers.viewers) handler(frame.data as Ephemeral['viewers']);
        return;
      default:
        if (frame.id === undefined || (this.lastId !== null && frame.id <= this.lastId)) return;
        this.lastId = frame.id;
        for (const handler of this.handlers.event) handler(frame as DurableEvent);
    }
  }

  private greeted(latestId: number): void {
    const first = this.lastId === null;
    this.attempts = 0;
    this.setConnection('live');
    if (this.viewing) this.view(this.viewing);
    if (!first) {
      for (const handler of this.handlers.again) handler();
      return;
    }
    this.lastId = latestId;
    // What was fetched before the socket stood may already be old.
    for (const handler of this.handlers.reset) handler();
  }

  private watchSilence(): void {
    if (this.silenceTimer !== null) window.clearTimeout(this.silenceTimer);
    this.silenceTimer = window.setTimeout(() => this.lost(), SILENCE_MS);
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private lost(): void {
    this.drop();
    if (!this.running) return;
    this.setConnection(this.attempts > 0 ? 'lost' : 'connecting');
    const wait = Math.min(MAX_WAIT_MS, 400 * 2 ** this.attempts) * (0.7 + Math.random() * 0.6);
    this.attempts += 1;
    if (this.retryTimer !== null) window.clearTimeout(this.retryTimer);
    this.retryTimer = window.setTimeout(() => this.open(), wait);
  }

  private readonly retryNow = (): void => {
    if (!this.running || this.socket || document.visibilityState === 'hidden') return;
    if (this.retryTimer !== null) window.clearTimeout(this.retryTimer);
    this.open();
  };
}

export const realtime = new Realtime();

export function useConnection(): Connection {
  return useSyncExternalStore(realtime.subscribeConnection, realtime.getConnection);
}
