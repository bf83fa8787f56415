/** What is known to be missing of a trip, and where its events came from. */
import type { TripDetail } from '../api/types.ts';
import { useText, type Wording } from '../text/use-text.ts';

/** Longest list of missing seqs. */
const MOST_RANGES = 6;
/** A gap in time that is worth a word, seconds. */
const WORTH_S = 10;

interface TripCompletenessProps {
  readonly trip: TripDetail;
  /** How many events the curves are made of. */
  readonly shown: number | undefined;
}

export function TripCompleteness({ trip, shown }: TripCompletenessProps) {
  const wording = useText();
  const { t, format } = wording;
  const { event_count, distance_gap_km, sources } = trip;
  return (
    <section className="card" aria-labelledby="completeness">
      <h2 id="completeness">{t('trip.completeness')}</h2>
      <p>{missingText(trip, wording)}</p>
      <p>{gapText(trip, wording)}</p>
      {distance_gap_km > 0.05 && <p>{t('trip.gapDistance', { distance: format.distance(distance_gap_km) })}</p>}
      {shown !== undefined && shown < event_count && (
        <p>{t('trip.reduced', { shown: format.number(shown), all: format.number(event_count) })}</p>
      )}
      <h3>{t('trip.sources')}</h3>
      <ul className="plain number">
        {sources.map(({ source, event_count: count }) => (
          <li key={source}>
            {source}: {t('trip.events', { count: count === 1 ? count : format.number(count) })}
          </li>
        ))}
      </ul>
    </section>
  );
}

function missingText({ missing_seqs, missing_count }: TripDetail, { t }: Wording): string {
  if (missing_seqs === null || missing_count === null) return t('trip.uncounted');
  if (missing_count === 0) return t('trip.complete');
  const ranges = missing_seqs
    .slice(0, MOST_RANGES)
    .map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
  const more = missing_seqs.length > MOST_RANGES ? [...ranges, '…'] : ranges;
  return t('trip.missing', { count: missing_count, ranges: more.join(', ') });
}

function gapText({ longest_gap, time_zone }: TripDetail, { t, format }: Wording): string {
  if (longest_gap === null || longest_gap.seconds < WORTH_S) return t('trip.noGap');
  return t('trip.longestGap', {
    duration: format.duration(longest_gap.seconds),
    from: format.clockSeconds(longest_gap.from, time_zone),
    to: format.clockSeconds(longest_gap.to, time_zone),
  });
}
