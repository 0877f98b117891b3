/** Which thing a panel shows, and whether what it shows next is the same one under its own address. */
import { createContext } from 'react';
import type { Uuid } from '@/api/types';

export interface Opened {
  id: string | undefined;
  /** Another one is another panel, with nothing left of what was typed in the former. */
  key: number;
  /** What was just made of the new thing: its form goes on as the form of this. */
  made: Uuid | null;
}

/** What is open once the address names `id`. */
export function moved(now: Opened, id: string | undefined): Opened {
  if (now.id === id) return now;
  const goesOn = now.id === 'new' && id !== undefined && id === now.made;
  return { id, key: goesOn ? now.key : now.key + 1, made: null };
}

/** Tells the panel's frame what was made of the new thing in it. */
export const Making = createContext<(id: Uuid) => void>(() => undefined);
