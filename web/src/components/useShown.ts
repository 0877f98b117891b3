/** What is shown for half a minute and then hidden by itself, such as what was masked. */
import { useEffect, useState } from 'react';

const SHOWN_SECONDS = 30;

export function useShown<T>(): [T | null, (value: T | null) => void] {
  const [shown, setShown] = useState<T | null>(null);
  useEffect(() => {
    if (shown === null) return undefined;
    const timer = window.setTimeout(() => setShown(null), SHOWN_SECONDS * 1000);
    return () => window.clearTimeout(timer);
  }, [shown]);
  return [shown, setShown];
}
