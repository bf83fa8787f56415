/** One object of Kubernetes, in which any part may depend on the values of the chart. */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { evaluate } from './evaluate.ts';
import type { Expr } from './expression.ts';
import { HelmChart } from './helm-chart.ts';
import type { Condition } from './operators.ts';
import { Each, type Template, when } from './template.ts';

/** What every object of Kubernetes says first. */
interface ObjectType {
  readonly apiVersion?: string;
  readonly kind?: string;
}

export interface ManifestOptions {
  /** The template that it is in, without `.yaml`. @default the id */
  readonly file?: string;
  /** Whether it is there at all. @default always */
  readonly when?: Condition;
  /** Of which list one is made for each item, and the name of the variable that stands for the item. @default one alone */
  readonly each?: { readonly list: Expr<readonly unknown[]>; readonly local: string };
  /** Whether only Helm makes it: hooks, and Secrets with something secret in them. @default false */
  readonly onlyHelm?: boolean;
  /** What readers of the template are told. @default nothing */
  readonly comment?: string;
}

/** How an object of type T is written down: exact fields, each a value, an expression, or dependent on a condition. */
export type ManifestProps<T extends ObjectType> = Template<Omit<T, 'status' | 'apiVersion' | 'kind'>> &
  Required<Pick<T, 'apiVersion' | 'kind'>>;

/**
 * An API object of cdk8s, typed by the JSON names of Kubernetes. `toJson` gives what it is with the values of the chart
 * around it, `template` what Helm is to make of it.
 */
export class Manifest<T extends ObjectType = ObjectType> extends ApiObject {
  readonly template: object;
  readonly options: ManifestOptions;

  constructor(scope: Construct, id: string, props: ManifestProps<T>, options: ManifestOptions = {}) {
    const { apiVersion = '', kind = '' } = props as ObjectType;
    super(scope, id, { apiVersion, kind, metadata: { name: id } });
    this.template = props;
    this.options = options;
  }

  /** The objects: none where the values want none. */
  override toJson(): object[] {
    const { context, isPlain } = HelmChart.around(this);
    const { when: condition, each, onlyHelm } = this.options;
    if (isPlain && onlyHelm === true) return [];
    const one = condition === undefined ? this.template : when(condition, this.template);
    const items = each === undefined ? [one] : [new Each(each.list, each.local, one)];
    return (evaluate(items, context) ?? []) as object[];
  }
}
