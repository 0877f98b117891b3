/** One live socket to the server: opened, watched, and opened again when it dies. */

import { backoff } from './backoff';
import type { ClientFrame, ServerFrame } from './protocol';

export type ConnectionState = 'idle' | 'connecting' | 'live' | 'waiting' | 'refused';

/** The part of WebSocket that is used here. */
export interface Socket {
  readyState: number;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

export interface ConnectionEvents {
  /** The socket is open: what to say first. */
  hello(): ClientFrame;
  frame(frame: ServerFrame): void;
  state(state: ConnectionState): void;
  /** The server does not know the visitor any more; the connection stops until start(). */
  unknownVisitor(): void;
}

const SILENCE_MS = 45_000;
const PROBE_MS = 5_000;
const GREETING_MS = 10_000;
const STABLE_MS = 10_000;
const WATCH_MS = 5_000;
const CROWDED_MS = 15_000;
const OPEN = 1;

const CLOSE_VISITOR = 4401;
const CLOSE_ORIGIN = 4403;
const CLOSE_CROWDED = 4429;

/** "live" means that the server has welcomed us; only then does send() answer true. */
export class Connection {
  private current: ConnectionState = 'idle';
  private socket: Socket | null = null;
  private attempt = 0;
  private heardAt = 0;
  private liveSince = 0;
  private deadline = Infinity;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private watchTimer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly open: () => Socket,
    private readonly events: ConnectionEvents,
    private readonly random: () => number = Math.random,
  ) {}

  get state(): ConnectionState {
    return this.current;
  }

  /** Begins to connect unless that is under way or the server has refused this page for good. */
  start(): void {
    if (this.current === 'idle') this.connect();
  }

  /** Lets go of the socket and stays away until start(). */
  stop(): void {
    this.drop();
    clearTimeout(this.retryTimer);
    if (this.current !== 'refused') this.move('idle');
  }

  /** The server refuses this page: no further attempt. */
  refuse(): void {
    this.stop();
    this.move('refused');
  }

  send(frame: ClientFrame): boolean {
    if (this.current !== 'live' || this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Says hello again on the open socket, to be told what is missing. */
  greetAgain(): void {
    if (this.current === 'live') this.send(this.events.hello());
  }

  /** Something hints that the network changed or the tab woke up: reconnect now, or make the socket prove itself. */
  check(): void {
    if (this.current === 'waiting') {
      this.attempt = 0;
      this.connect();
    } else if (this.current === 'live') {
      this.deadline = Math.min(this.deadline, Date.now() + PROBE_MS);
      this.send({ type: 'ping' });
      setTimeout(() => this.watch(), PROBE_MS + 50);
    }
  }

  /** The socket is of no use any more (an answer is overdue): begin anew. */
  restart(): void {
    if (this.current === 'live' || this.current === 'connecting') this.lost();
  }

  private connect(): void {
    clearTimeout(this.retryTimer);
    this.move('connecting');
    this.heardAt = Date.now();
    this.deadline = Date.now() + GREETING_MS;
    let socket: Socket;
    try {
      socket = this.open();
    } catch {
      this.lost();
      return;
    }
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify(this.events.hello()));
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => this.closed(event.code);
    clearInterval(this.watchTimer);
    this.watchTimer = setInterval(() => this.watch(), WATCH_MS);
  }

  private receive(data: unknown): void {
    let frame: ServerFrame;
    try {
      frame = JSON.parse(String(data)) as ServerFrame;
    } catch {
      return;
    }
    this.heardAt = Date.now();
    if (this.current === 'live') this.deadline = Infinity;
    if (frame.type === 'ping') this.send({ type: 'pong' });
    if (frame.type === 'welcome' && this.current === 'connecting') {
      this.liveSince = Date.now();
      this.deadline = Infinity;
      this.move('live');
    }
    this.events.frame(frame);
  }

  private watch(): void {
    const now = Date.now();
    if (now > this.deadline || now - this.heardAt > SILENCE_MS) this.lost();
  }

  private closed(code: number): void {
    if (code === CLOSE_ORIGIN) this.refuse();
    else if (code === CLOSE_VISITOR) {
      this.stop();
      this.events.unknownVisitor();
    } else this.lost(code === CLOSE_CROWDED ? CROWDED_MS : 0);
  }

  private lost(atLeast = 0): void {
    if (this.current === 'live' && Date.now() - this.liveSince > STABLE_MS) this.attempt = 0;
    this.drop();
    const delay = Math.max(atLeast, backoff(this.attempt++, this.random()));
    this.move('waiting');
    this.retryTimer = setTimeout(() => this.connect(), delay);
  }

  private drop(): void {
    clearInterval(this.watchTimer);
    clearTimeout(this.retryTimer);
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    try {
      socket.close(1000);
    } catch {
      // A socket that cannot be closed is gone already.
    }
  }

  private move(state: ConnectionState): void {
    if (state === this.current) return;
    this.current = state;
    this.events.state(state);
  }
}
