/** What became of a replay's events, and how long the server took. */
import { createHistogram } from 'node:perf_hooks';
import { countOf } from '../words.ts';
import { type Place, placeText } from './drive-lines.ts';

/** Why an event was not taken, as the server says it. */
export interface Reason {
  readonly slug: string;
  readonly detail: string;
}

interface Rejections extends Reason {
  count: number;
  readonly place: Place;
}

const US_PER_MS = 1_000;

export class Tally {
  readonly #acknowledged = createHistogram();
  readonly #reasons = new Map<string, Rejections>();
  #accepted = 0;
  #rejected = 0;

  get accepted(): number {
    return this.#accepted;
  }

  get rejected(): number {
    return this.#rejected;
  }

  /** So many events are stored. */
  accept(count: number): void {
    this.#accepted += count;
  }

  /** An event was not taken; the first of each kind is remembered with its place. */
  reject(place: Place, { slug, detail }: Reason): void {
    this.#rejected++;
    const known = this.#reasons.get(slug);
    if (known === undefined) this.#reasons.set(slug, { slug, detail, place, count: 1 });
    else known.count++;
  }

  /** Events were not taken, and the server did not list them. */
  rejectUnlisted(count: number): void {
    this.#rejected += count;
  }

  /** A request was acknowledged after so many milliseconds. */
  acknowledge(ms: number): void {
    this.#acknowledged.record(Math.max(1, Math.round(ms * US_PER_MS)));
  }

  /** All of it in lines for people. */
  report(tookMs: number): string[] {
    const sent = this.#accepted + this.#rejected;
    const rate = Math.round(sent / Math.max(tookMs / 1_000, 0.001));
    const seconds = `${(tookMs / 1_000).toFixed(1)} s, ${rate.toLocaleString('en')} a second`;
    const [p50, p99] = [50, 99].map((percent) => this.#acknowledged.percentile(percent) / US_PER_MS);
    const outcome = `${this.#accepted.toLocaleString('en')} accepted, ${this.#rejected.toLocaleString('en')} rejected`;
    return [
      `${countOf(sent, 'event')} sent in ${seconds}: ${outcome}.`,
      ...(this.#acknowledged.count === 0
        ? []
        : [`Acknowledged after ${p50?.toFixed(1)} ms (p50), ${p99?.toFixed(1)} ms (p99).`]),
      ...[...this.#reasons.values()].map(
        ({ slug, detail, place, count }) => `  ${count} × ${slug}, first ${placeText(place)}: ${detail}`,
      ),
    ];
  }
}
