/** A run of the benchmarks as it is kept, so that another can be held against it. */
import { cpus } from 'node:os';
import type { Finding } from './benchmark.ts';

export interface BenchRun {
  /** The day, ISO 8601. */
  readonly date: string;
  readonly node: string;
  readonly platform: string;
  readonly cores: string;
  readonly findings: readonly Finding[];
}

export function runOf(findings: readonly Finding[]): BenchRun {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    findings,
  };
}

/** The findings, each with what it was in an earlier run. Lines of one name are told apart by their order. */
export function against(findings: readonly Finding[], earlier: readonly Finding[]): Finding[] {
  const before = new Map(withNumbers(earlier));
  return withNumbers(findings).map(([key, finding]) => {
    const was = before.get(key);
    return was === undefined ? finding : { ...finding, before: telling(was), change: changeOf(was, finding) };
  });
}

function withNumbers(findings: readonly Finding[]): [key: string, finding: Finding][] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const nth = (seen.get(finding.name) ?? 0) + 1;
    seen.set(finding.name, nth);
    return [`${finding.name} ${nth}`, finding];
  });
}

/** What of a finding is least the machine's: its ratio, where it has one. */
function telling({ ratio, measured }: Finding): string {
  return ratio ?? measured;
}

/** How much more or less, where both are numbers of one unit. */
function changeOf(was: Finding, is: Finding): string {
  const [before, now] = [was, is].map((finding) => /^(-?[\d.]+) (\S.*)$/.exec(telling(finding)));
  if (!before || !now || before[2] !== now[2]) return '';
  const percent = 100 * (Number(now[1]) / Number(before[1]) - 1);
  return Number.isFinite(percent) ? `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(0)} %` : '';
}
