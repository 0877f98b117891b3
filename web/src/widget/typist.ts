/** Who of the brand's side is writing right now; forgotten when it is not repeated. */

const EXPIRES_MS = 6_000;

export class Typist {
  name: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly changed: () => void) {}

  /** The name of who is writing ("" where unknown), null when nobody is. */
  set(name: string | null): void {
    clearTimeout(this.timer);
    this.name = name;
    if (name === null) return;
    this.timer = setTimeout(() => {
      this.name = null;
      this.changed();
    }, EXPIRES_MS);
  }

  clear(): void {
    this.set(null);
  }
}

const REPEAT_MS = 3_000;

/** Tells the other side that the visitor writes: now and then while it lasts, and once when it stops. */
export class OwnTyping {
  private saidAt = 0;

  constructor(private readonly send: (typing: boolean) => boolean) {}

  set(on: boolean): void {
    const now = Date.now();
    if (on ? now - this.saidAt < REPEAT_MS : this.saidAt === 0) return;
    if (this.send(on)) this.saidAt = on ? now : 0;
  }

  /** A message ends it without a word. */
  sent(): void {
    this.saidAt = 0;
  }
}
