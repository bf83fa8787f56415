/** `fleet mqtt`: what a broker beside the servers needs. */
import { Command } from 'commander';
import { awaitStore, waitingTo } from '../../await-store.ts';
import { run } from '../../run.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../context.ts';
import { type SyncOptions, syncBroker } from './broker-sync.ts';

const BRIDGE_EXAMPLES = `
Takes the settings of the server, MQTT_URL above all, and STORE=influxdb: it works beside any number of servers. Run one
of it for a broker. It serves /healthz, /readyz and /metrics on PORT, and nothing else.

Examples:
  MQTT_URL=mqtts://broker:8883 MQTT_USERNAME=fleet-api MQTT_PASSWORD_FILE=/run/secrets/mqtt fleet mqtt bridge`;

const SYNC_EXAMPLES = `
Writes the files passwords and acl for Mosquitto, readable for their owner only: a user for each key of a device, one
for each of a viewer, and MQTT_USERNAME with MQTT_PASSWORD for the server itself. Keys that change, expire or are revoked are
followed within two seconds.

Examples:
  fleet mqtt broker-sync --directory /etc/mosquitto/fleet --signal-process mosquitto
  fleet mqtt broker-sync --directory /etc/mosquitto/fleet --once`;

export function mqttCommand(context: CommandContext): Command {
  const mqtt = new Command('mqtt').description('work with an MQTT broker of your own');
  mqtt.addCommand(
    new Command('bridge')
      .description('store what is published at the broker of MQTT_URL, until it is stopped')
      .addHelpText('after', BRIDGE_EXAMPLES)
      .action(() => bridge(context)),
  );
  return mqtt.addCommand(
    new Command('broker-sync')
      .description("write Mosquitto's passwords and access list from the keys")
      .requiredOption('--directory <directory>', 'where the files are')
      .option('--signal-process <name>', 'the process that reads them again when they change (SIGHUP)')
      .option('--once', 'write them and end')
      .addHelpText('after', SYNC_EXAMPLES)
      .action((options: SyncOptions) => syncBroker(context, options)),
  );
}

async function bridge({ env, err }: CommandContext): Promise<void> {
  const config = await awaitStore(env, { say: waitingTo(err), program: 'job', answersProbes: true });
  if (config.MQTT_URL === undefined) throw new CommandError('MQTT_URL is needed: the address of the broker');
  await run(config, 'bridge');
}
