/** Whose data is at hand, and whether one only looks on: then nothing can be changed, whatever one may do elsewhere. */
import { createContext, use } from 'react';
import { useCan } from '@/api/session';
import type { Uuid } from '@/api/types';

export const Here = createContext<{ clientId?: Uuid; lookingOn?: boolean }>({});

/** Whether the person may do this, and does so here. */
export function useCanHere(permission: string): boolean {
  const { clientId, lookingOn = false } = use(Here);
  const may = useCan(permission, clientId);
  return !lookingOn && may;
}
