/** What is started: everything else is loaded when it is settled how memory grows meanwhile. */
import { holdYoungSpace, makeAllThingsYoung } from './young-space.ts';

makeAllThingsYoung();
holdYoungSpace();
const { program } = await import('./program.ts');
const { faultText } = await import('./fault-text.ts');

program(process.env).catch((error: unknown) => {
  const text = faultText(error);
  if (text === undefined) throw error;
  for (const line of text.split('\n')) process.stderr.write(`fleet: ${line}\n`);
  process.exit(1);
});
