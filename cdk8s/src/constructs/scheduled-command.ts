/** A command of `fleet` that runs by the clock. */
import { Construct } from 'constructs';
import type { CronJob, JobSpec } from 'kubernetes-types/batch/v1.js';
import type { Expr } from '../helm/expression.ts';
import { Manifest } from '../helm/manifest.ts';
import type { Condition } from '../helm/operators.ts';
import type { Fields } from '../helm/template.ts';
import { nameOf } from './global-values.ts';
import { metadataOf, type PodProps, podTemplate } from './pod.ts';

export interface ScheduledCommandProps extends PodProps {
  readonly schedule: Expr<string>;
  /** Its name after the release's. @default the component */
  readonly name?: string;
  /** The template that it is in. */
  readonly file: string;
  /** Seconds after which it is given up. */
  readonly deadline: number;
  /** Whether it waits for somebody to run it: `kubectl create job --from=cronjob/…`. @default false */
  readonly suspend?: true;
  /** @default always */
  readonly when?: Condition;
}

export class ScheduledCommand extends Construct {
  constructor(scope: Construct, id: string, props: ScheduledCommandProps) {
    super(scope, id);
    const { component, schedule, name = component, file, deadline, suspend, when } = props;
    new Manifest<CronJob>(
      this,
      'cronjob',
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: metadataOf(component, { name: nameOf(name) }),
        spec: {
          schedule,
          ...(suspend && { suspend }),
          concurrencyPolicy: 'Forbid',
          startingDeadlineSeconds: 300,
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 1,
          jobTemplate: { spec: jobSpec(props, deadline) },
        },
      },
      { file, ...(when !== undefined && { when }) },
    );
  }
}

/** A job that is tried again until it succeeds, or its time is over. */
export function jobSpec(props: PodProps, deadline: number): Fields<JobSpec> {
  return {
    backoffLimit: 6,
    activeDeadlineSeconds: deadline,
    template: podTemplate({ ...props, more: { restartPolicy: 'OnFailure', ...props.more } }),
  };
}
