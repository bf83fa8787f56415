/** How somebody wants to see things, kept by the browser. */
import { useSyncExternalStore } from 'react';

export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly units: 'metric' | 'imperial';
  /** `system` for the browser's. */
  readonly language: 'system' | 'en' | 'de';
}

const PLACE = 'fleet.preferences';
const listeners = new Set<() => void>();
let current: Preferences = { theme: 'system', units: defaultUnits(), language: 'system', ...kept() };
apply();

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

export function preferences(): Preferences {
  return current;
}

export function setPreferences(patch: Partial<Preferences>): void {
  current = { ...current, ...patch };
  apply();
  try {
    localStorage.setItem(PLACE, JSON.stringify(current));
  } catch {
    // A browser that keeps nothing shows it until the page is closed.
  }
  for (const listener of listeners) listener();
}

/** Whether the page is dark now. */
export function useDark(): boolean {
  const { theme } = usePreferences();
  const system = useSyncExternalStore(subscribeDark, () => DARK.matches);
  return theme === 'system' ? system : theme === 'dark';
}

const DARK = matchMedia('(prefers-color-scheme: dark)');

function subscribeDark(listener: () => void): () => void {
  DARK.addEventListener('change', listener);
  return () => DARK.removeEventListener('change', listener);
}

function apply(): void {
  document.documentElement.dataset['theme'] = current.theme;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function kept(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? '{}') as Partial<Preferences>;
  } catch {
    return {};
  }
}

/** Miles and Fahrenheit where both are in use. */
function defaultUnits(): Preferences['units'] {
  return /-(US|LR)\b/i.test(navigator.language) ? 'imperial' : 'metric';
}
