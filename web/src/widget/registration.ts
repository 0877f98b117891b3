/** Makes sure that the server knows the visitor, trying again for as long as it cannot be reached. */

import { ApiError } from './api';
import { backoff } from './backoff';
import type { VisitorKeeper } from './visitor';

export interface RegistrationEvents {
  /** The server knows the visitor; `changed` when it is another one than before. */
  done(changed: boolean): void;
  /** The server will not have this page. */
  refused(): void;
}

export class Registration {
  private running = false;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly visitor: VisitorKeeper,
    private readonly events: RegistrationEvents,
  ) {}

  /** Begins at once unless it is under way. */
  async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    clearTimeout(this.timer);
    try {
      const { changed } = await this.visitor.ensure();
      this.attempt = 0;
      this.events.done(changed);
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      if (status === 403 || status === 404) this.events.refused();
      else this.later();
    }
    this.running = false;
  }

  /** Begins after a pause that grows until the server has answered. */
  later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), backoff(this.attempt++, Math.random()));
  }
}
