/** A trip to take away, as a file. */
import { withShare } from '../api/client.ts';
import type { TripDetail } from '../api/types.ts';
import { useText } from '../text/use-text.ts';
import { Icon } from '../ui/icon.tsx';

const FORMATS = ['gpx', 'csv', 'geojson'] as const;

export function TripExports({ trip: { trip_id, vehicle } }: { readonly trip: TripDetail }) {
  const { t } = useText();
  const addressOf = (suffix: string) =>
    withShare(`/v1/trips/${trip_id}/events.${suffix}?vehicle=${encodeURIComponent(vehicle)}`);
  return (
    <section className="card" aria-labelledby="export">
      <h2 id="export">{t('trip.export')}</h2>
      <div className="actions">
        {FORMATS.map((suffix) => (
          <a key={suffix} className="button" href={addressOf(suffix)} download={`${trip_id}.${suffix}`}>
            <Icon name="download" />
            {suffix.toUpperCase()}
          </a>
        ))}
      </div>
    </section>
  );
}
