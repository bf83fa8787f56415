/** Metrics for Prometheus: what counts them is loaded when somebody first asks, and most never do. */
import type { EventStore } from '../ports.ts';
import type { Tallies } from './tallies.ts';

export interface MetricsParts {
  readonly tallies: Tallies;
  readonly store: EventStore;
  /** Whether the store can commit. */
  readonly isReady: () => boolean;
  /** How many clients hear what changes. */
  readonly liveClients: () => number;
  /** When the newest backup was verified, milliseconds since 1970; null where there is none. */
  readonly backupVerifiedAt: () => number | null;
  /** How long events are kept, milliseconds; null for ever. */
  readonly retention: number | null;
}

/** The metrics as Prometheus reads them, and their media type. */
export interface Metrics {
  readonly mediaType: string;
  read(): Promise<string>;
}

/** What Prometheus calls its text format. */
const MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function createMetrics(parts: MetricsParts): Metrics {
  let reading: Promise<() => Promise<string>> | undefined;
  return {
    mediaType: MEDIA_TYPE,
    async read() {
      reading ??= import('./prometheus.ts').then(({ metricsReader }) => metricsReader(parts));
      return (await reading)();
    },
  };
}
