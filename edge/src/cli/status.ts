/** `fleet-edge status`: what the program that runs has and does. */
import { Command } from 'commander';
import { pidOf } from '../obd/pids.ts';
import { pidIn } from '../obd/tasks.ts';
import { askStatus, type EdgeStatus } from '../status-socket.ts';
import { type CommandContext, CommandError, type CommonOptions, loadSettings } from './context.ts';

interface StatusOptions extends CommonOptions {
  readonly json?: true;
}

export function statusCommand(context: CommandContext): Command {
  return new Command('status')
    .description('outbox, trip, link, last fix, and how often each value comes')
    .option('--env <file>', 'file of settings', 'edge.env')
    .option('--json', 'as JSON')
    .action(async (options: StatusOptions) => {
      const { DATA_DIR } = loadSettings(context, options);
      const status = await askStatus(DATA_DIR);
      if (status === undefined) throw new CommandError(`no fleet-edge runs in ${DATA_DIR}: npx fleet-edge run`);
      context.out.write(options.json ? `${JSON.stringify(status)}\n` : statusText(status));
    });
}

/** The status in lines for people. */
export function statusText(status: EdgeStatus): string {
  const { trip, time, outbox, obd, gnss, uplink } = status;
  const lines = [
    ['trip', trip === null ? 'none, the car is parked' : `${trip.id}, ${trip.events} events`],
    ['time', time === null ? 'not known: events wait until it is' : `known, from ${time.source}`],
    ['outbox', outboxText(outbox)],
    [
      'link',
      uplink === null ? 'none: SERVER_URL is not set' : (uplink.why ?? (uplink.open ? 'open' : 'not tried yet')),
    ],
    ['receiver', gnss === null ? 'none: GNSS_URL is not set' : gnssText(gnss)],
    ['car', obd === null ? 'none: OBD_URL is not set' : (obd.why ?? `${obd.dongle}, protocol ${obd.protocol}`)],
    ...(obd?.rates ?? []).map(({ name, wanted_hz, reached_hz }) => [
      `  ${name}`,
      `${meaningOf(name).padEnd(22)}${reached_hz} of ${hertz(wanted_hz)} Hz`,
    ]),
  ];
  return lines.map(([name, text]) => `${`${name}`.padEnd(10)}${text}\n`).join('');
}

function outboxText({ used_bytes, max_bytes, unsent, trips, undated, set_aside, lost }: EdgeStatus['outbox']): string {
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const rare = [
    [undated, 'trips without a time'],
    [set_aside, 'events set aside: the server can not take them'],
    [lost, 'events NOT recorded: it was full'],
  ] as const;
  const more = rare.flatMap(([count, what]) => (count > 0 ? [`, ${count} ${what}`] : [])).join('');
  return `${unsent} events of ${trips} trips to send, ${mib(used_bytes)} of ${mib(max_bytes)} MiB${more}`;
}

function gnssText({ fix, age_s, satellites, why }: NonNullable<EdgeStatus['gnss']>): string {
  if (why !== null) return why;
  const seen = satellites === null ? '' : `, ${satellites} satellites`;
  return fix ? `fix ${age_s} s ago${seen}` : `no fix${age_s === null ? ' yet' : ` for ${age_s} s`}${seen}`;
}

/** What is asked for, in words. */
function meaningOf(name: string): string {
  const others: Readonly<Record<string, string>> = {
    ATRV: 'battery_v',
    '03': 'trouble codes, stored',
    '07': '… pending',
    '0A': '… permanent',
  };
  return others[name] ?? pidOf(pidIn({ name }))?.signal ?? '';
}

function hertz(hz: number): number {
  return Math.round(hz * 1_000) / 1_000;
}
