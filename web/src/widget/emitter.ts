/** Lets the page listen to what happens in the widget. */

export type EventName =
  'ready' | 'open' | 'close' | 'message' | 'unread' | 'conversation' | 'error';

export type Listener = (detail: unknown) => void;

export class Emitter {
  private readonly listeners = new Map<EventName, Set<Listener>>();

  /** Answers how to stop listening. */
  on(event: EventName, listener: Listener): () => void {
    const known = this.listeners.get(event) ?? new Set<Listener>();
    known.add(listener);
    this.listeners.set(event, known);
    return () => void known.delete(listener);
  }

  /** A listener that throws is reported and does not stop the others. */
  emit(event: EventName, detail: unknown): void {
    this.listeners.get(event)?.forEach((listener) => {
      try {
        listener(detail);
      } catch (error) {
        console.error('Careloom listener:', error);
      }
    });
  }
}
