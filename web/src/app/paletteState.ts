/** Whether the palette or the key list is open. */
import { store, useStore } from '@/components/store';

type State = { open: 'none' } | { open: 'keys' } | { open: 'palette'; text: string };

const state = store<State>({ open: 'none' });

export const openPalette = (text: string) => state.set({ open: 'palette', text });
export const openKeys = () => state.set({ open: 'keys' });
export const closePalette = () => state.set({ open: 'none' });

export const usePaletteState = (): State => useStore(state);
