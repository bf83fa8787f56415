/** Every scenario of the fault bench, in the order in which they run. */
import type { Scenario } from './scenario.ts';
import { killPoints } from './scenarios/kill-points.ts';
import { kills, rollouts } from './scenarios/kills.ts';
import { cutLinks, lostReplies } from './scenarios/links.ts';
import { strangers } from './scenarios/strangers.ts';
import { tornTails } from './scenarios/torn-tails.ts';

export const SCENARIOS: readonly Scenario[] = [
  kills,
  killPoints,
  rollouts,
  tornTails,
  cutLinks,
  lostReplies,
  strangers,
];
