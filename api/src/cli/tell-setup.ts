/** Tells how an app or a dongle is set up, with a code for the phone's camera. */
import { formatNamed } from '../formats/formats.ts';
import { qrText, setupOf } from '../formats/setup.ts';
import { type CommandContext, loadFolderConfig } from './context.ts';

/** Writes the address, the steps and the code for an app and its new key. */
export function tellSetup(context: CommandContext, app: string, key: string): void {
  const format = formatNamed(app);
  if (format === undefined) return;
  const { PUBLIC_URL, PORT } = loadFolderConfig(context);
  const setup = setupOf(format, PUBLIC_URL ?? `http://localhost:${PORT}`, key);
  const { title, url, link } = setup;
  const steps = setup.steps.map((step, index) => `  ${index + 1}. ${step}`);
  const lines = ['', `${title}:`, `  ${url}`, ...steps, ...(link === null ? [] : [`  ${link}`])];
  context.out.write(`${lines.join('\n')}\n\n${qrText(setup)}\n`);
  if (PUBLIC_URL === undefined) {
    context.err.write('fleet: no phone reaches this address: set PUBLIC_URL, and add the key again\n');
  }
}
