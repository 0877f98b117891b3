/** What is shown in the next breath: the rest of the screen is painted first. `now`: somebody asks for it already. */
import { useDeferredValue, type ReactNode } from 'react';

export function Later({
  meanwhile,
  now = false,
  children,
}: {
  meanwhile: ReactNode;
  now?: boolean;
  children: ReactNode;
}) {
  const breathed = useDeferredValue(true, false);
  return breathed || now ? children : meanwhile;
}
