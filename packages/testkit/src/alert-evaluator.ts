/**
 * A small evaluator of Grafana's rules: query, reduce, threshold, `for`, `keepFiringFor`. It is ours, since no Grafana
 * can be had on development machines; where it would do otherwise than Grafana, Grafana is right.
 */
import type { Frame } from './flux.ts';

/** What the evaluator reads of a rule in a provisioning file. */
export interface EvaluatedRule {
  readonly uid: string;
  readonly for: string;
  readonly keepFiringFor?: string;
  readonly condition: string;
  readonly data: readonly RuleData[];
}

export interface RuleData {
  readonly refId: string;
  readonly datasourceUid: string;
  readonly relativeTimeRange: { readonly from: number; readonly to: number };
  readonly model: Readonly<Record<string, unknown>>;
}

/** Numbers by their labels, as `vin=golf`. */
export type Numbers = ReadonlyMap<string, number>;

/** Answers a query of a rule at a time, milliseconds since 1970. */
export type Ask = (data: RuleData, now: number) => Promise<readonly Frame[]>;

export type AlertState = 'normal' | 'pending' | 'firing';

interface Instance {
  readonly state: AlertState;
  /** Since when it is bad, and until when it is kept. */
  readonly since: number;
  readonly lastBad: number;
}

/** The data source of what is worked out from other queries. */
const EXPRESSION = '__expr__';

/** A rule that is looked at now and then; where it has no data it is normal, as `noDataState: OK` says. */
export class AlertEvaluator {
  readonly #rule: EvaluatedRule;
  readonly #ask: Ask;
  #instances = new Map<string, Instance>();

  constructor(rule: EvaluatedRule, ask: Ask) {
    this.#rule = rule;
    this.#ask = ask;
  }

  /** Looks once; the state of every combination of labels that is not normal. */
  async evaluate(now: number): Promise<ReadonlyMap<string, AlertState>> {
    const bad = await this.#bad(now);
    const next = new Map<string, Instance>();
    for (const labels of new Set([...bad, ...this.#instances.keys()])) {
      const instance = this.#step(this.#instances.get(labels), bad.has(labels), now);
      if (instance !== undefined) next.set(labels, instance);
    }
    this.#instances = next;
    return new Map([...next].map(([labels, { state }]) => [labels, state]));
  }

  /** The numbers that a query or an expression comes to. */
  async numbers(refId: string, now: number): Promise<Numbers> {
    const data = this.#rule.data.find((each) => each.refId === refId);
    if (data === undefined) throw new Error(`${this.#rule.uid} has no ${refId}`);
    if (data.datasourceUid !== EXPRESSION) return numbersOf(await this.#ask(data, now));
    const input = await this.numbers(`${data.model['expression']}`, now);
    if (data.model['type'] === 'reduce') return input;
    return new Map([...input].map(([labels, value]) => [labels, exceeds(data.model, value) ? 1 : 0]));
  }

  async #bad(now: number): Promise<ReadonlySet<string>> {
    if (await this.#isWithoutData(now)) return new Set();
    const numbers = await this.numbers(this.#rule.condition, now);
    return new Set([...numbers].filter(([, value]) => value !== 0).map(([labels]) => labels));
  }

  /** Grafana looks at a rule no further where any of its queries has no rows, also those for the message only. */
  async #isWithoutData(now: number): Promise<boolean> {
    const queries = this.#rule.data.filter(({ datasourceUid }) => datasourceUid !== EXPRESSION);
    const answers = await Promise.all(queries.map((data) => this.#ask(data, now)));
    return answers.some((frames) => frames.every(({ rows }) => rows.length === 0));
  }

  #step(before: Instance | undefined, isBad: boolean, now: number): Instance | undefined {
    const { for: lasting, keepFiringFor = '0s' } = this.#rule;
    if (isBad) {
      const since = before?.since ?? now;
      return { state: now - since >= durationMs(lasting) ? 'firing' : 'pending', since, lastBad: now };
    }
    const isKept = before?.state === 'firing' && now - before.lastBad < durationMs(keepFiringFor);
    return isKept ? before : undefined;
  }
}

/** A table of text columns and one number: what Grafana's expressions take from Flux. Throws for anything else. */
export function numbersOf(frames: readonly Frame[]): Numbers {
  if (frames.length > 1) throw new Error(`${frames.length} frames, where there must be one table`);
  const [frame] = frames;
  if (frame === undefined) return new Map();
  const numeric = Object.keys(frame.types).filter((name) =>
    /^(double|long|unsignedLong)$/.test(frame.types[name] ?? ''),
  );
  const texts = Object.keys(frame.types).filter((name) => frame.types[name] === 'string');
  const [column] = numeric;
  if (column === undefined || numeric.length + texts.length !== Object.keys(frame.types).length || numeric.length > 1) {
    throw new Error(`not a table of texts and one number: ${JSON.stringify(frame.types)}`);
  }
  const rows = frame.rows.filter((row) => row[column] !== null);
  return new Map(rows.map((row) => [texts.map((name) => `${name}=${row[name]}`).join(), Number(row[column])]));
}

function exceeds(model: Readonly<Record<string, unknown>>, value: number): boolean {
  const [{ evaluator }] = model['conditions'] as [{ evaluator: { type: string; params: number[] } }];
  const [bound = Number.NaN] = evaluator.params;
  return evaluator.type === 'gt' ? value > bound : value < bound;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as `5m`. */
export function durationMs(text: string): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`not a duration: ${text}`);
  return Number(count) * (UNITS[unit] ?? Number.NaN);
}
