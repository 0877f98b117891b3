/** Short news at the edge of the screen, with an undo where the deed can be undone. */
import { useSyncExternalStore } from 'react';

export interface Toast {
  id: number;
  tone: 'plain' | 'good' | 'bad';
  text: string;
  detail?: string;
  action?: { name: string; run: () => void };
}

const listeners = new Set<() => void>();
/** Milliseconds that toasts still have, by their id; those that stay until they are dismissed are not in it. */
const left = new Map<number, number>();
const MOST_PASSING = 4;
let toasts: readonly Toast[] = [];
let nextId = 1;

function publish(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function dismissToast(id: number): void {
  left.delete(id);
  publish(toasts.filter((toast) => toast.id !== id));
}

/** Takes `milliseconds` from what toasts still have. */
export function passTime(milliseconds: number): void {
  for (const [id, before] of left) {
    left.set(id, before - milliseconds);
    if (before <= milliseconds) dismissToast(id);
  }
}

/** Makes room for one more: the oldest that pass anyway give way, those that stay do not. */
function withRoom(): readonly Toast[] {
  const passing = toasts.filter((toast) => left.has(toast.id));
  const over = new Set(passing.slice(0, Math.max(0, passing.length - MOST_PASSING + 1)));
  for (const { id } of over) left.delete(id);
  return toasts.filter((toast) => !over.has(toast));
}

type News = Omit<Toast, 'id' | 'tone'> & { tone?: Toast['tone'] };

/** Shows a toast for `seconds` (0: until dismissed) and gives its id. */
export function showToast(toast: News, seconds = 6): number {
  const id = nextId++;
  publish([...(seconds > 0 ? withRoom() : toasts), { tone: 'plain', ...toast, id }]);
  if (seconds > 0) left.set(id, seconds * 1000);
  return id;
}

/** Says something else in a toast that still stands; false where it does not. */
export function changeToast(id: number, toast: News): boolean {
  if (!toasts.some((one) => one.id === id)) return false;
  publish(toasts.map((one) => (one.id === id ? { tone: 'plain', ...toast, id } : one)));
  return true;
}

/** Those that stand, the oldest first. */
export const standingToasts = (): readonly Toast[] => toasts;

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, standingToasts);
}
