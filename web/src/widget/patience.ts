/** Notices that a connection has been missing for so long that the visitor should be told. */

const LATE_MS = 3_000;

export class Patience {
  isOver = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly changed: () => void) {}

  /** Waiting begins, or goes on. */
  wait(): void {
    this.timer ??= setTimeout(() => {
      this.isOver = true;
      this.changed();
    }, LATE_MS);
  }

  /** What was waited for is there, or is not wanted any more. */
  done(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isOver = false;
  }
}
