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

/** Shows a toast for `seconds` (0: until dismissed) and gives its id. */
export function showToast(
  toast: Omit<Toast, 'id' | 'tone'> & { tone?: Toast['tone'] },
  seconds = 6,
): number {
  const id = nextId++;
  publish([...toasts.slice(-3), { tone: 'plain', ...toast, id }]);
  if (seconds > 0) left.set(id, seconds * 1000);
  return id;
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
}
