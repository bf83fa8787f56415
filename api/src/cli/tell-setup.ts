/** Tells how an app or a dongle is set up, with a code for the phone's camera. */
import { formatNamed } from '../formats/formats.ts';
import { qrText, setupOf } from '../formats/setup.ts';
import { knownAddresses } from '../public-url.ts';
import { type CommandContext, loadFolderConfig } from './context.ts';

/** Writes the address, the steps and the code for an app and its new key. */
export function tellSetup(context: CommandContext, app: string, key: string): void {
  const format = formatNamed(app);
  if (format === undefined) return;
  const config = loadFolderConfig(context);
  const addresses = knownAddresses(config, config.PORT);
  const setup = setupOf(format, addresses.at(-1) ?? addresses[0], key);
  const { title, url, link } = setup;
  const steps = setup.steps.map((step, index) => `  ${index + 1}. ${step}`);
  const lines = ['', `${title}:`, `  ${url}`, ...steps, ...(link === null ? [] : [`  ${link}`])];
  context.out.write(`${lines.join('\n')}\n\n${qrText(setup)}\n`);
  if (config.PUBLIC_URL === undefined) {
    const reach = addresses.length > 1 ? 'this address is good at home only' : 'no phone reaches this address';
    context.err.write(`fleet: ${reach}: set PUBLIC_URL (docs/reach.md), and add the key again\n`);
  }
}
