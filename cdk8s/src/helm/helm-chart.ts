/** A chart of Helm, or a subchart of one, as a chart of cdk8s: constructs in it become its templates. */
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { type Context, isTrue, type Release } from './expression.ts';
import type { Condition } from './operators.ts';
import type { Line } from './template.ts';
import { defaultsOf, overlaid, type Spec } from './values.ts';

/** What Chart.yaml says. */
export interface ChartInfo {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly appVersion: string;
  /** Further lines of Chart.yaml. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface HelmChartProps {
  readonly info: ChartInfo;
  readonly values: Spec;
  /** Files that templates read, by their paths in the chart. @default none */
  readonly files?: ReadonlyMap<string, string>;
  /** What Helm says after an installation. @default nothing */
  readonly notes?: readonly Line[];
  /** What values must not say together. @default nothing */
  readonly guards?: readonly Guard[];
}

/** What must not be, and what to do about it. */
export interface Guard {
  readonly unless: Condition;
  readonly message: string;
}

/** For whom, and with which values, objects are made. */
export interface Rendering {
  /** Somebody's values; those of subcharts under their names. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly release: Release;
  readonly apiVersions: readonly string[];
  /** Whether it is for `kubectl apply`: with a namespace, without hooks and secrets. */
  readonly isPlain: boolean;
}

export class HelmChart extends Chart {
  readonly info: ChartInfo;
  readonly values: Spec;
  readonly files: ReadonlyMap<string, string>;
  readonly notes: readonly Line[] | undefined;
  readonly guards: readonly Guard[];
  /** Set on the outermost chart, before `toJson`. */
  rendering: Rendering | undefined;

  constructor(scope: Construct, id: string, { info, values, files = new Map(), notes, guards = [] }: HelmChartProps) {
    super(scope, id);
    this.info = info;
    this.values = values;
    this.files = files;
    this.notes = notes;
    this.guards = guards;
  }

  /** The chart around a construct, with what its objects are made of. */
  static around(construct: Construct): { readonly context: Context; readonly isPlain: boolean } {
    const chart = Chart.of(construct) as HelmChart;
    return { context: chart.context(), isPlain: chart.#outermost().#rendering().isPlain };
  }

  /** Subcharts, in the order in which they were made. */
  get subcharts(): readonly HelmChart[] {
    return this.node.children.filter((child) => child instanceof Chart) as HelmChart[];
  }

  /** All objects of this chart, not of its subcharts. Throws where values don't go together. */
  override toJson(): object[] {
    if (!this.#isEnabled()) return [];
    const context = this.context();
    for (const { unless, message } of this.guards) {
      if (!isTrue(unless.evaluate(context))) throw new Error(message);
    }
    const { isPlain } = this.#outermost().#rendering();
    const objects = (super.toJson() as object[][]).flat();
    return isPlain ? objects.map((object) => withNamespace(object, context.release.namespace)) : objects;
  }

  context(): Context {
    const { release, apiVersions } = this.#outermost().#rendering();
    return {
      values: this.#ownValues(),
      release,
      chart: this.info,
      apiVersions,
      files: this.files,
      locals: {},
    };
  }

  /** What this chart sees: its own values and `global`, as Helm hands them down. */
  #ownValues(): Readonly<Record<string, unknown>> {
    const parent = this.#parent();
    if (parent === undefined) return overlaid(defaultsOf(this.values), this.#rendering().values) as Context['values'];
    const { global, [this.info.name]: own } = parent.#ownValues();
    return overlaid(defaultsOf(this.values), { ...(own as object), global }) as Context['values'];
  }

  #isEnabled(): boolean {
    return this.#parent() === undefined || this.#ownValues()['enabled'] !== false;
  }

  #parent(): HelmChart | undefined {
    const { scope } = this.node;
    // Of cdk8s's charts `instanceof` says only that they are charts; there are no others than these.
    return scope instanceof Chart ? (scope as HelmChart) : undefined;
  }

  #outermost(): HelmChart {
    const parent = this.#parent();
    return parent === undefined ? this : parent.#outermost();
  }

  #rendering(): Rendering {
    if (this.rendering === undefined) throw new Error('nobody said for which values the objects are to be made');
    return this.rendering;
  }
}

function withNamespace(object: object, namespace: string): object {
  const { metadata, ...rest } = object as { readonly metadata: object };
  return { ...rest, metadata: { ...metadata, namespace } };
}
