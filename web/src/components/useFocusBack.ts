/** Mantine gives the focus back when a dialog closes; one that is unmounted while it is open never does. */
import { useEffect, useState } from 'react';

/** Once the component is gone, the focus returns to what had it before, unless it went elsewhere meanwhile. */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      const isLost = document.activeElement === document.body;
      if (isLost && before instanceof HTMLElement && before.isConnected) {
        before.focus({ preventScroll: true });
      }
    },
    [before],
  );
}
