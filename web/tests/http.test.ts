import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { http } from '@/api/http';

describe('a deed that is asked for twice', () => {
  const answers: ((response: Response) => void)[] = [];
  const ask = vi.fn(() => new Promise<Response>((answer) => answers.push(answer)));
  const answer = (body: string, status = 200) => answers.shift()?.(new Response(body, { status }));

  beforeEach(() => {
    vi.stubGlobal('fetch', ask);
    vi.stubGlobal('document', { documentElement: { lang: 'en' } });
  });
  afterEach(() => {
    ask.mockClear();
    vi.unstubAllGlobals();
  });

  it('is done once while the first is under way, and both hear of it', async () => {
    const both = [
      http.post('/api/exports', { client: 1 }),
      http.post('/api/exports', { client: 1 }),
    ];
    expect(ask).toHaveBeenCalledTimes(1);
    answer('{"id": 7}');
    expect(await Promise.all(both)).toEqual([{ id: 7 }, { id: 7 }]);
  });

  it('is done again once the first has come to its end, well or not', async () => {
    const refused = http.post('/api/exports', { client: 1 });
    answer('{}', 422);
    await expect(refused).rejects.toThrow();
    const again = http.post('/api/exports', { client: 1 });
    answer('{"id": 8}');
    expect(await again).toEqual({ id: 8 });
  });

  it('is another deed where it says something else', () => {
    void http.post('/api/exports', { client: 1 });
    void http.post('/api/exports', { client: 2 });
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('is repeated where it carries its own key', () => {
    void http.post('/api/replies', { text: 'ok' }, { idempotencyKey: 'a' });
    void http.post('/api/replies', { text: 'ok' }, { idempotencyKey: 'b' });
    expect(ask).toHaveBeenCalledTimes(2);
  });
});
