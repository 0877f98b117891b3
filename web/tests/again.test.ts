import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { untilServed } from '@/api/again';

const away = () => new Response(null, { status: 503, headers: { 'Retry-After': '2' } });
const served = () => new Response('{}', { status: 200 });

describe('a request while no server can serve', () => {
  beforeEach(() => {
    vi.stubGlobal('window', globalThis);
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is made again, no sooner than it was told, until it is served', async () => {
    const ask = vi
      .fn<() => Promise<Response>>()
      .mockResolvedValueOnce(away())
      .mockResolvedValue(served());
    const answer = untilServed(ask, null, () => 0.5);
    await vi.advanceTimersByTimeAsync(2_400);
    expect(ask).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    expect((await answer).status).toBe(200);
  });

  it('ends with the refusal when that lasts longer than a database takes to be replaced', async () => {
    const ask = vi.fn(() => Promise.resolve(away()));
    const answer = untilServed(ask, null, () => 0);
    await vi.advanceTimersByTimeAsync(25_000);
    const patient = ask.mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await answer).status).toBe(503);
    expect(patient).toBeLessThan(ask.mock.calls.length);
  });

  it('is not made again for any other answer', async () => {
    const ask = vi.fn(() => Promise.resolve(new Response(null, { status: 500 })));
    expect((await untilServed(ask, null)).status).toBe(500);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('stops waiting when nobody wants the answer any more', async () => {
    const nobody = new AbortController();
    const answer = untilServed(() => Promise.resolve(away()), nobody.signal);
    const ended = expect(answer).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(100);
    nobody.abort();
    await ended;
  });
});
