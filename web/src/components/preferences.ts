/** What a person chose for this browser; kept in local storage and shared between tabs. */
import { useSyncExternalStore } from 'react';

export interface Preferences {
  theme: 'system' | 'light' | 'dark';
  density: 'comfortable' | 'compact';
  language: string | null;
  sound: boolean;
  notifications: boolean;
  contextOpen: boolean;
}

const KEY = 'careloom.preferences';
const DEFAULTS: Preferences = {
  theme: 'system',
  density: 'comfortable',
  language: null,
  sound: true,
  notifications: false,
  contextOpen: true,
};

const listeners = new Set<() => void>();
let current = load();

function load(): Preferences {
  try {
    return {
      ...DEFAULTS,
      ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>),
    };
  } catch {
    return DEFAULTS;
  }
}

function announce(): void {
  document.documentElement.setAttribute('data-density', current.density);
  for (const listener of listeners) listener();
}

window.addEventListener('storage', (event) => {
  if (event.key !== KEY) return;
  current = load();
  announce();
});

export function readPreferences(): Preferences {
  return current;
}

export function savePreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // A full or forbidden store only means that the choice ends with the tab.
  }
  announce();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, readPreferences);
}
