import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Connection, type Socket } from './connection';
import type { ServerFrame } from './protocol';

class FakeSocket implements Socket {
  readyState = 1;
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  sent: unknown[] = [];
  closed = false;

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(): void {
    this.closed = true;
  }

  says(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) } as MessageEvent);
  }

  dies(code: number): void {
    this.onclose?.({ code } as CloseEvent);
  }
}

const HELLO = { type: 'ping' } as const;
const WELCOME = { type: 'welcome', conversation_id: null };
let sockets: FakeSocket[];
let frames: ServerFrame[];
let unknown: number;
let connection: Connection;

const latest = (): FakeSocket => {
  const socket = sockets[sockets.length - 1];
  if (!socket) throw new Error('no socket yet');
  return socket;
};
const goLive = (): FakeSocket => {
  connection.start();
  const socket = latest();
  socket.onopen?.(new Event('open'));
  socket.says(WELCOME);
  return socket;
};

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  frames = [];
  unknown = 0;
  connection = new Connection(
    () => {
      sockets.push(new FakeSocket());
      return latest();
    },
    {
      hello: () => HELLO,
      frame: (frame) => frames.push(frame),
      state: () => undefined,
      unknownVisitor: () => unknown++,
    },
    () => 1,
  );
});
afterEach(() => {
  vi.useRealTimers();
});

test('sends nothing but hello before it is welcomed', () => {
  connection.start();
  latest().onopen?.(new Event('open'));
  expect(connection.send({ type: 'read', seq: 1 })).toBe(false);
  expect(latest().sent).toEqual([HELLO]);
  latest().says(WELCOME);
  expect(connection.send({ type: 'read', seq: 1 })).toBe(true);
});

test('comes back with growing pauses after failures', () => {
  connection.start();
  for (const pause of [500, 1000, 2000]) {
    const before = sockets.length;
    latest().dies(1006);
    vi.advanceTimersByTime(pause - 1);
    expect(sockets.length).toBe(before);
    vi.advanceTimersByTime(1);
    expect(sockets.length).toBe(before + 1);
  }
});

test('a socket that is silent for 45 seconds is dropped', () => {
  const socket = goLive();
  vi.advanceTimersByTime(44_000);
  expect(socket.closed).toBe(false);
  vi.advanceTimersByTime(7_000);
  expect(socket.closed).toBe(true);
  expect(sockets.length).toBe(2);
});

test('answers pings and stays while the server speaks', () => {
  const socket = goLive();
  for (let second = 0; second < 120; second += 20) {
    vi.advanceTimersByTime(20_000);
    socket.says({ type: 'ping' });
  }
  expect(socket.closed).toBe(false);
  expect(socket.sent.slice(1)).toEqual(Array.from({ length: 6 }, () => ({ type: 'pong' })));
});

test('a check finds a dead socket within seconds, a living one stays', () => {
  const socket = goLive();
  connection.check();
  socket.says({ type: 'pong' });
  vi.advanceTimersByTime(6_000);
  expect(socket.closed).toBe(false);
  connection.check();
  vi.advanceTimersByTime(6_000);
  expect(socket.closed).toBe(true);
});

test('does not wait for the pause when the network returns', () => {
  connection.start();
  for (let turn = 0; turn < 6; turn++) {
    latest().dies(1006);
    vi.advanceTimersByTime(30_000);
  }
  latest().dies(1006);
  const before = sockets.length;
  connection.check();
  expect(sockets.length).toBe(before + 1);
});

test('stops for good when the page is refused, and asks for a new visitor when it is unknown', () => {
  goLive().dies(4401);
  expect(unknown).toBe(1);
  goLive().dies(4403);
  connection.start();
  vi.advanceTimersByTime(120_000);
  expect(connection.state).toBe('refused');
  expect(sockets.length).toBe(2);
});
