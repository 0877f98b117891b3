/** Who the visitor is to the server: the secret that we keep, and the page's token that vouches for them. */

import { type Api, ApiError } from './api';
import type { Storage } from './storage';

const SECRET = 'visitor';
const ID = 'visitor_id';
const EMAIL = 'email_known';

export interface PageInfo {
  page_url: string;
  page_title: string;
  language: string;
}

/** A registered visitor; `changed` says that it is another one than before. */
export interface Registered {
  secret: string;
  changed: boolean;
}

export class VisitorKeeper {
  private vouched = false;
  private turn = 0;
  private running: Promise<Registered> | null = null;

  constructor(
    private readonly api: Api,
    private readonly storage: Storage,
    private readonly page: () => PageInfo,
    private token: string | null,
  ) {}

  get secret(): string | null {
    return this.storage.get(SECRET);
  }

  get emailKnown(): boolean {
    return this.storage.get(EMAIL) === '1';
  }

  set emailKnown(known: boolean) {
    if (known) this.storage.set(EMAIL, '1');
    else this.storage.remove(EMAIL);
  }

  /** Whether the server has still to look at the page's token. */
  get awaitsToken(): boolean {
    return this.token !== null && !this.vouched;
  }

  /** Another person, or nobody, is signed in to the page from now on. */
  identify(token: string | null): void {
    if (token === null) this.forget();
    else if (this.vouched) this.storage.remove(SECRET);
    this.token = token;
    this.vouched = false;
    this.turn++;
  }

  forget(): void {
    for (const key of [SECRET, ID, EMAIL]) this.storage.remove(key);
  }

  /** Registers with the server where that is needed. Throws ApiError. */
  ensure(): Promise<Registered> {
    this.running ??= this.registered().finally(() => (this.running = null));
    return this.running;
  }

  private async registered(): Promise<Registered> {
    const known = this.secret;
    if (known !== null && !this.awaitsToken) return { secret: known, changed: false };
    const { token, turn } = this;
    const visitor = await this.register(known, token);
    if (turn !== this.turn) return this.registered();
    const meanwhile = this.secret;
    if (token === null && known === null && meanwhile !== null)
      return { secret: meanwhile, changed: false };
    this.vouched = true;
    const before = this.storage.get(ID);
    this.storage.set(ID, visitor.visitor_id);
    this.storage.set(SECRET, visitor.visitor_secret);
    const changed = before !== null && before !== visitor.visitor_id;
    if (changed || visitor.email_known === true) this.emailKnown = visitor.email_known === true;
    return { secret: visitor.visitor_secret, changed };
  }

  private async register(secret: string | null, token: string | null) {
    const request = { ...this.page(), ...(secret === null ? {} : { visitor_secret: secret }) };
    if (token === null) return this.api.visitor(request);
    try {
      return await this.api.visitor({ ...request, token });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      console.warn('Careloom: the visitor token was refused; the chat goes on without it.');
      this.token = null;
      return this.api.visitor(request);
    }
  }
}

/** Whether another tab has changed who the visitor is. */
export function isVisitorKey(key: string): boolean {
  return key === SECRET;
}
