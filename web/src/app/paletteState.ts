/** Whether the palette or the key list is open. */
import { useSyncExternalStore } from 'react';

type State = { open: 'none' } | { open: 'keys' } | { open: 'palette'; text: string };

let state: State = { open: 'none' };
const listeners = new Set<() => void>();

function set(next: State): void {
  state = next;
  for (const listener of listeners) listener();
}

export const openPalette = (text: string) => set({ open: 'palette', text });
export const openKeys = () => set({ open: 'keys' });
export const closePalette = () => set({ open: 'none' });

export function usePaletteState(): State {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
