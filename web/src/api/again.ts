/** Asks again while the server says that it cannot serve yet, as it does until another database has taken over. */

const WAITS_MS = [500, 1000, 2000, 4000, 8000, 8000, 8000];
const UNAVAILABLE = 503;

/** Only what may be asked twice may come here: reads, and writes that carry a key or set what they say. */
export async function untilServed(
  ask: () => Promise<Response>,
  signal: AbortSignal | null,
  random: () => number = Math.random,
): Promise<Response> {
  for (const wait of WAITS_MS) {
    const response = await ask();
    if (response.status !== UNAVAILABLE) return response;
    const asked = Number(response.headers.get('Retry-After') ?? 0) * 1000;
    // All desks were refused at the same moment; they must not come back at the same moment.
    await pause(Math.max(wait, asked) * (1 + random() / 2), signal);
  }
  return ask();
}

function pause(milliseconds: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      window.clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = window.setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
