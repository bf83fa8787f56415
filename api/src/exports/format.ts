/** What a file format for a trip's events is, to those who write one and those who send one. */
import type { EventRow, TripSummary } from '../ports.ts';

/** What an export is made of. */
export interface ExportedTrip {
  readonly summary: TripSummary;
  /** The signals to show, in order: wire names. */
  readonly fields: readonly string[];
  /** The trip's events in order of time, in pages. */
  readonly rows: AsyncIterable<readonly EventRow[]>;
  /**
   * The longest time between two positions with a line between them, milliseconds: longer where rows were left out.
   * @default 60 000
   */
  readonly longestStepMs?: number;
}

export interface TripExport {
  /** For the path: events.csv */
  readonly suffix: string;
  readonly mediaType: string;
  /** Whether it shows the drive rather than the record: each signal from the source that has it best. */
  readonly showsDrive: boolean;
  /**
   * The document, piece by piece: one for each page of rows, roughly. Holds no more than a page in memory. Its first
   * piece holds rows already, so that rows that can't be read fail before anything is sent.
   */
  write(trip: ExportedTrip): AsyncIterable<string>;
}
