/** Light or dark: what the person chose, else what the system asks for. */
import { useSyncExternalStore } from 'react';
import { usePreferences } from '@/components/preferences';

const WISH = '(prefers-color-scheme: dark)';

/** A browser tells of a change when it paints next, so a tab that does not paint hears late: coming back reads again. */
function subscribe(listener: () => void): () => void {
  const wish = window.matchMedia(WISH);
  wish.addEventListener('change', listener);
  window.addEventListener('focus', listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    wish.removeEventListener('change', listener);
    window.removeEventListener('focus', listener);
    document.removeEventListener('visibilitychange', listener);
  };
}

export function useScheme(): 'light' | 'dark' {
  const { theme } = usePreferences();
  const dark = useSyncExternalStore(subscribe, () => window.matchMedia(WISH).matches);
  if (theme !== 'system') return theme;
  return dark ? 'dark' : 'light';
}
