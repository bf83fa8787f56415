/** Every scenario of the fault bench, in the order in which they run. */
import type { Scenario } from './scenario.ts';
import { storms, takeovers } from './scenarios/broker-inside.ts';
import { brokers } from './scenarios/brokers.ts';
import { clockJumps } from './scenarios/clock-jumps.ts';
import { failingDisks } from './scenarios/failing-disks.ts';
import { killPoints } from './scenarios/kill-points.ts';
import { kills, rollouts } from './scenarios/kills.ts';
import { cutLinks, lostReplies } from './scenarios/links.ts';
import { madeUpTrips } from './scenarios/made-up-trips.ts';
import { powerCuts } from './scenarios/power-cuts.ts';
import { replicas } from './scenarios/replicas.ts';
import { strangers } from './scenarios/strangers.ts';
import { tornTails } from './scenarios/torn-tails.ts';

export const SCENARIOS: readonly Scenario[] = [
  kills,
  killPoints,
  rollouts,
  tornTails,
  powerCuts,
  failingDisks,
  clockJumps,
  cutLinks,
  lostReplies,
  strangers,
  madeUpTrips,
  takeovers,
  storms,
  brokers,
  replicas,
];
