/** All alerts, a row each: thresholds, durations, and what to do. docs/alerts.md is made of this. */
import { DRIVING } from '@fleet/contract';
import { PROMQL } from '../promql.ts';
import { battery, hardestBraking, lower, meanOf, newest, newestSpeed, silence, troubleCodes } from './questions.ts';
import type { Alert } from './rule.ts';

/** The label of a vehicle, and the number that is bad, in messages. */
const VIN = '{{ .Labels.vin }}';
const value = (format: string) => `{{ printf "${format}" .Values.B.Value }}`;

/** The speed, of cars that tell it or have a GPS that does. */
const AT_SPEED = '{{ if .Values.SPEED.Labels.vin }}, at {{ printf "%.0f" .Values.SPEED.Value }} km/h{{ end }}';

/** About vehicles: asked of InfluxDB. */
export const VEHICLE_ALERTS: readonly Alert[] = [
  {
    id: 'coolant-hot',
    title: 'Coolant too hot',
    severity: 'critical',
    ask: { flux: newest('coolant_c') },
    lookBackS: 300,
    when: { is: 'gt', than: 110, unit: '°C' },
    for: '2m',
    beside: { SPEED: newestSpeed() },
    summary: `${VIN}: coolant at ${value('%.0f')} °C for two minutes${AT_SPEED}`,
    todo: 'Stop where it is safe, let the engine idle or switch it off, and look at the coolant only when it is cold.',
  },
  {
    id: 'battery-resting-low',
    title: 'Battery low at rest',
    severity: 'warning',
    ask: { flux: battery(false) },
    lookBackS: 600,
    when: { is: 'lt', than: 12.2, unit: 'V' },
    for: '5m',
    summary: `${VIN}: battery at ${value('%.2f')} V with the engine off`,
    todo: 'Charge the battery or drive for an hour; if it is low again the next day, have it tested.',
  },
  {
    id: 'battery-not-charging',
    title: 'Battery not charging',
    severity: 'warning',
    ask: { flux: battery(true) },
    lookBackS: 600,
    when: { is: 'lt', than: 12.8, unit: 'V' },
    for: '10m',
    summary: `${VIN}: battery at ${value('%.2f')} V with the engine running`,
    todo: 'Have the alternator and its belt looked at before the next long drive. Some cars save charging for braking.',
  },
  {
    id: 'engine-load-high',
    title: 'High engine load for long',
    severity: 'info',
    ask: { flux: meanOf('engine_load_pct') },
    lookBackS: 300,
    when: { is: 'gt', than: 90, unit: '%' },
    for: '5m',
    beside: { SPEED: newestSpeed() },
    summary: `${VIN}: engine load at ${value('%.0f')} % over minutes${AT_SPEED}`,
    todo: 'Drive slower or in a lower gear, uphill and with a trailer above all, and look at the temperatures.',
  },
  {
    id: 'hard-braking',
    title: 'Hard braking',
    severity: 'info',
    ask: { flux: hardestBraking() },
    lookBackS: 300,
    when: { is: 'gt', than: 0, unit: `m/s², of brakings by ${DRIVING.harsh_mps2} m/s² for ${DRIVING.harsh_s} s` },
    for: '0s',
    keepFiringFor: '10m',
    summary: `${VIN}: braked by ${value('%.1f')} m/s²`,
    todo: 'Ask whether everybody is well.',
  },
  {
    id: 'energy-low',
    title: 'Fuel or charge low',
    severity: 'info',
    ask: { flux: lower('fuel_level_pct', 'soc_pct') },
    lookBackS: 900,
    when: { is: 'lt', than: 10, unit: '%' },
    for: '5m',
    summary: `${VIN}: ${value('%.0f')} % of fuel or charge left`,
    todo: 'Fill up or charge soon.',
  },
  {
    id: 'trouble-code',
    title: 'Trouble code',
    severity: 'warning',
    ask: { flux: troubleCodes() },
    lookBackS: 3_600,
    when: { is: 'gt', than: 0, unit: 'codes' },
    for: '0s',
    keepFiringFor: '1h',
    summary: `${VIN}: {{ .Labels.codes }}`,
    todo: 'Look the code up. With a blinking engine lamp drive no further; otherwise have it read out in a workshop.',
  },
  {
    id: 'silent',
    title: 'Vehicle silent',
    severity: 'info',
    ask: { flux: silence() },
    lookBackS: 600,
    when: { is: 'gt', than: 72, unit: 'hours' },
    for: '0s',
    summary: `${VIN}: nothing heard for ${value('%.0f')} hours`,
    todo: 'If it was driven since: look at its device, its key (`npx fleet keys list`) and the page Data Quality.',
  },
];

/** About the server: asked of Prometheus, only where there is one. */
export const SERVER_ALERTS: readonly Alert[] = [
  {
    id: 'api-rejecting',
    title: 'Events are rejected',
    severity: 'warning',
    ask: { promql: PROMQL.rejectedShare },
    lookBackS: 600,
    when: { is: 'gt', than: 0.05, unit: 'of all events' },
    for: '10m',
    summary: `Too many events are refused: ${value('%.2f')} of all`,
    todo: 'Data Quality lists dead letters by reason; docs/problems.md says what to do about each.',
  },
  {
    id: 'disk-nearly-full',
    title: 'Disk nearly full',
    severity: 'critical',
    ask: { promql: PROMQL.diskUsed },
    lookBackS: 600,
    when: { is: 'gt', than: 0.85, unit: 'of a volume' },
    for: '15m',
    summary: `{{ .Labels.persistentvolumeclaim }}: ${value('%.2f')} of the volume is used`,
    todo: 'Make the volume larger, or set a retention. When it is full no event is taken, and devices keep theirs.',
  },
  {
    id: 'backup-too-old',
    title: 'Backup too old',
    severity: 'warning',
    ask: { promql: `(time() - (${PROMQL.backupAt})) / 3600` },
    lookBackS: 600,
    when: { is: 'gt', than: 48, unit: 'hours' },
    for: '30m',
    summary: `The newest backup is ${value('%.0f')} hours old`,
    todo: 'Look at the log for why backups fail, or at the job in Kubernetes; make one by hand: `npx fleet backup`.',
  },
];
