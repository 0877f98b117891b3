/** The HTTP calls of the widget, all to the host that the script came from. */

import type { Config, UploadedFile, Visitor } from './protocol';

/** What went wrong: the HTTP status, or 0 when the server was not reached. */
export class ApiError extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

export interface VisitorRequest {
  visitor_secret?: string;
  token?: string;
  page_url: string;
  page_title: string;
  language: string;
}

export interface OfflineRequest {
  name: string;
  email: string;
  text: string;
  visitor_secret?: string;
  page_url: string;
  language: string;
}

export interface Upload {
  done: Promise<UploadedFile>;
  cancel(): void;
}

export class Api {
  constructor(
    readonly origin: string,
    private readonly key: string,
  ) {}

  config(): Promise<Config> {
    return this.call<Config>('config', { method: 'GET' });
  }

  visitor(request: VisitorRequest): Promise<Visitor> {
    return this.post<Visitor>('visitors', request, {});
  }

  /** `idempotencyKey` stays the same over retries, so that one form makes one case. */
  offline(
    request: OfflineRequest,
    idempotencyKey: string,
  ): Promise<{ case_number: number | string }> {
    return this.post('offline', request, { 'Idempotency-Key': idempotencyKey });
  }

  socketUrl(): string {
    return this.url('socket').replace(/^http/, 'ws');
  }

  /** XMLHttpRequest, because fetch does not tell how far an upload got. `progress` gives 0..1. */
  upload(file: File, secret: string, progress: (share: number) => void): Upload {
    const request = new XMLHttpRequest();
    const done = new Promise<UploadedFile>((resolve, reject) => {
      request.open('POST', this.url('files'));
      request.setRequestHeader('X-Visitor-Secret', secret);
      request.responseType = 'json';
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) progress(event.loaded / event.total);
      };
      request.onload = () => {
        const answer = request.response as UploadedFile | null;
        if (request.status < 300 && answer?.file_id) resolve(answer);
        else reject(new ApiError(request.status));
      };
      request.onerror = request.onabort = () => reject(new ApiError(0));
      const form = new FormData();
      form.append('file', file, file.name || 'image.png');
      request.send(form);
    });
    return { done, cancel: () => request.abort() };
  }

  private post<T>(path: string, body: unknown, headers: Record<string, string>): Promise<T> {
    return this.call<T>(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  private async call<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response;
    try {
      response = await fetch(this.url(path), { ...init, credentials: 'omit', mode: 'cors' });
    } catch {
      throw new ApiError(0);
    }
    if (!response.ok) throw new ApiError(response.status);
    return (await response.json()) as T;
  }

  private url(path: string): string {
    return `${this.origin}/chat/${encodeURIComponent(this.key)}/${path}`;
  }
}
