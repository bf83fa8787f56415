/** Who is signed in, for everything below the shell. */
import { createContext, useContext } from 'react';
import { ask } from '../api/client.ts';
import type { WhoAmI } from '../api/types.ts';

export const WhoContext = createContext<WhoAmI>({ name: '', role: 'viewer', vehicles: [], trip_id: null });

export function useWho(): WhoAmI {
  return useContext(WhoContext);
}

export function useIsAdmin(): boolean {
  return useWho().role === 'admin';
}

export async function signOut(): Promise<void> {
  await ask('/v1/session', { method: 'DELETE' });
  location.assign('/');
}
