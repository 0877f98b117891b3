/** Short news at the edge of the screen, with an undo where the deed can be undone. */
import { store, useStore } from '@/components/store';

export interface Toast {
  id: number;
  tone: 'plain' | 'good' | 'bad';
  text: string;
  detail?: string;
  action?: { name: string; run: () => void };
}

/** Milliseconds that toasts still have, by their id; those that stay until they are dismissed are not in it. */
const left = new Map<number, number>();
const MOST_PASSING = 4;
const toasts = store<readonly Toast[]>([]);
let nextId = 1;

export function dismissToast(id: number): void {
  left.delete(id);
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
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
  const passing = toasts.get().filter((toast) => left.has(toast.id));
  const over = new Set(passing.slice(0, Math.max(0, passing.length - MOST_PASSING + 1)));
  for (const { id } of over) left.delete(id);
  return toasts.get().filter((toast) => !over.has(toast));
}

type News = Omit<Toast, 'id' | 'tone'> & { tone?: Toast['tone'] };

/** Shows a toast for `seconds` (0: until dismissed) and gives its id. */
export function showToast(toast: News, seconds = 6): number {
  const id = nextId++;
  toasts.set([...(seconds > 0 ? withRoom() : toasts.get()), { tone: 'plain', ...toast, id }]);
  if (seconds > 0) left.set(id, seconds * 1000);
  return id;
}

/** Says something else in a toast that still stands; false where it does not. */
export function changeToast(id: number, toast: News): boolean {
  if (!toasts.get().some((one) => one.id === id)) return false;
  toasts.set(toasts.get().map((one) => (one.id === id ? { tone: 'plain', ...toast, id } : one)));
  return true;
}

/** Those that stand, the oldest first. */
export const standingToasts = toasts.get;

export const useToasts = (): readonly Toast[] => useStore(toasts);
