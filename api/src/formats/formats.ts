/** Every wire format of apps and dongles. A new one is a file beside this, and a line here. */
import { AUTOPI } from './autopi.ts';
import type { Format } from './format.ts';
import { GPSLOGGER } from './gpslogger.ts';
import { LEAFSPY } from './leafspy.ts';
import { OSMAND } from './osmand.ts';
import { OVERLAND } from './overland.ts';
import { OWNTRACKS } from './owntracks.ts';
import { THINGSBOARD } from './thingsboard.ts';
import { TORQUE } from './torque.ts';
import { WICAN } from './wican.ts';

export const FORMATS: readonly Format[] = [
  TORQUE,
  OSMAND,
  OWNTRACKS,
  OVERLAND,
  GPSLOGGER,
  WICAN,
  AUTOPI,
  LEAFSPY,
  THINGSBOARD,
];

/** The format of a name, if there is one. */
export function formatNamed(name: string | undefined): Format | undefined {
  return FORMATS.find((format) => format.name === name);
}
