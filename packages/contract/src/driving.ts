/** What counts as hard driving and as idling: the same for pages, dashboards and alerts. */
export const DRIVING = {
  /** Acceleration in any direction from which on it is hard, m/s². */
  harsh_mps2: 3,
  /** Consecutive seconds that it has to last. */
  harsh_s: 2,
  /** Below this speed GPS headings say nothing about cornering, km/h. */
  cornering_kph: 20,
  /** Up to this speed a vehicle stands, km/h. */
  standing_kph: 1,
  /** From this engine speed on the engine runs, rpm. */
  running_rpm: 300,
  /** Standing with the engine running counts as idling from here on, seconds. */
  idling_s: 60,
} as const;
