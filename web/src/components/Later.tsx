/** What is shown in the next breath: the rest of the screen is painted first. */
import { useDeferredValue, type ReactNode } from 'react';

export function Later({ meanwhile, children }: { meanwhile: ReactNode; children: ReactNode }) {
  return useDeferredValue(true, false) ? children : meanwhile;
}
