/** The live vehicles in components. */
import { useEffect, useState } from 'react';
import { type ConnectionState, connectLive } from './live-connection.ts';
import { type LiveState, withLatest } from './live-state.ts';

export interface Live {
  readonly vehicles: LiveState;
  readonly connection: ConnectionState;
}

/** What was known when the page was left last is shown until something newer comes. */
let kept: LiveState = new Map();

export function useLive(): Live {
  const [vehicles, setVehicles] = useState(kept);
  const [connection, setConnection] = useState<ConnectionState>('connecting');
  useEffect(
    () =>
      connectLive({
        onState: setConnection,
        onVehicle: (latest) => {
          kept = withLatest(kept, latest);
          setVehicles(kept);
        },
      }),
    [],
  );
  return { vehicles, connection };
}
