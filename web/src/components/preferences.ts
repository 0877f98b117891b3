/** What a person chose for this browser; kept in local storage and shared between tabs. */
import { store, useStore } from '@/components/store';

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

const current = store(load());

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

function announce(next: Preferences): void {
  document.documentElement.setAttribute('data-density', next.density);
  current.set(next);
}

window.addEventListener('storage', (event) => {
  if (event.key === KEY) announce(load());
});

export const readPreferences = current.get;

export function savePreferences(change: Partial<Preferences>): void {
  const next = { ...current.get(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // A full or forbidden store only means that the choice ends with the tab.
  }
  announce(next);
}

export const usePreferences = (): Preferences => useStore(current);
