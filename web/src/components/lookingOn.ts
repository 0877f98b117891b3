/** Where one only looks on, nothing can be changed, whatever one may do elsewhere. */
import { createContext, use } from 'react';
import { useCan } from '@/api/session';

export const LookingOn = createContext(false);

/** Whether the person may do this, and does so here. */
export function useCanHere(permission: string): boolean {
  const may = useCan(permission);
  return !use(LookingOn) && may;
}
