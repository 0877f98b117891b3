/** The one way to the server: JSON over fetch, typed errors, CSRF and idempotency handled here. */
import { untilServed } from '@/api/again';

export interface FieldError {
  path: string;
  message: string;
}

interface Problem {
  title?: string;
  detail?: string;
  code?: string;
  status?: number;
  about?: string;
  errors?: FieldError[];
}

/** What the server (or the network, status 0) answered instead of a result. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** The kind of error, whatever the language. */
  readonly code: string;
  /** The id of the one thing that stands in the way, where there is one. */
  readonly about: string | null;
  readonly errors: readonly FieldError[];

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title ?? String(status));
    this.name = 'ApiError';
    this.status = status;
    this.title = problem.title ?? '';
    this.detail = problem.detail ?? '';
    this.code = problem.code ?? '';
    this.about = problem.about ?? null;
    this.errors = problem.errors ?? [];
  }

  /** The message for the field at `path`, if the server named one. */
  field(path: string): string | undefined {
    return this.errors.find((error) => error.path === path)?.message;
  }
}

export type QueryValues = Record<string, string | number | boolean | null | undefined>;

let csrfToken: string | null = null;
let onSignedOut: (() => void) | null = null;

export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Called once when a request finds that the session is over. */
export function setSignedOutHandler(handler: () => void): void {
  onSignedOut = handler;
}

export function withQuery(path: string, query?: QueryValues): string {
  if (!query) return path;
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') params.set(key, String(value));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

/** A random key, also where the page is not a secure context. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

interface Options {
  query?: QueryValues;
  body?: unknown;
  signal?: AbortSignal;
  /** Give the same key again when repeating a request by hand. */
  idempotencyKey?: string;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return { title: response.statusText };
  }
}

/** What every request says: errors and other texts of the server come in the language of the interface. */
const spoken = () => ({ 'Accept-Language': document.documentElement.lang });

async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...spoken() };
  let body: BodyInit | undefined;
  if (options.body instanceof FormData || options.body instanceof Blob) {
    body = options.body;
  } else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(options.body);
  }
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken;
  if (method === 'POST') headers['Idempotency-Key'] = options.idempotencyKey ?? newKey();

  let response: Response;
  try {
    const url = withQuery(path, options.query);
    const signal = options.signal ?? null;
    response = await untilServed(
      () => fetch(url, { method, headers, body: body ?? null, credentials: 'same-origin', signal }),
      signal,
    );
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, { title: 'network' });
  }
  if (!response.ok) {
    if (response.status === 401 && !path.startsWith('/api/session')) onSignedOut?.();
    throw new ApiError(response.status, await problemOf(response));
  }
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

const underWay = new Map<string, Promise<unknown>>();

/** A deed that is asked for once more while it is under way, by a second press of a key or a button, is done once. */
function once<T>(deed: string, ask: () => Promise<T>): Promise<T> {
  const running = underWay.get(deed) as Promise<T> | undefined;
  if (running) return running;
  const asked = ask().finally(() => underWay.delete(deed));
  underWay.set(deed, asked);
  return asked;
}

function post<T>(path: string, body: unknown = {}, options?: Omit<Options, 'body'>): Promise<T> {
  const ask = () => request<T>('POST', path, { ...options, body });
  return options || body instanceof FormData ? ask() : once(`${path} ${JSON.stringify(body)}`, ask);
}

export const http = {
  get: <T>(path: string, query?: QueryValues, signal?: AbortSignal) =>
    request<T>('GET', path, { ...(query && { query }), ...(signal && { signal }) }),
  post,
  /** Bytes that the server hands out once asked for. */
  download: async (path: string): Promise<Blob> => {
    const response = await fetch(path, {
      method: 'POST',
      headers: { ...spoken(), ...(csrfToken && { 'X-CSRF-Token': csrfToken }) },
    });
    if (!response.ok) throw new ApiError(response.status, await problemOf(response));
    return response.blob();
  },
  put: <T>(path: string, body: unknown) => request<T>('PUT', path, { body }),
  /** A file as the body itself, streamed from the disk. */
  upload: <T>(path: string, file: Blob) => request<T>('PUT', path, { body: file }),
  patch: <T>(path: string, body: unknown) => request<T>('PATCH', path, { body }),
  delete: <T = void>(path: string) => request<T>('DELETE', path),
};
