/** The apps and dongles that the server understands, by the names that the API has for them; see docs/phones.md. */
export const APPS: readonly (readonly [app: string, title: string])[] = [
  ['owntracks', 'OwnTracks'],
  ['overland', 'Overland'],
  ['osmand', 'Traccar Client, OsmAnd'],
  ['gpslogger', 'GPSLogger'],
  ['torque', 'Torque Pro'],
  ['wican', 'WiCAN Pro'],
  ['autopi', 'AutoPi'],
  ['leafspy', 'Leaf Spy Pro'],
  ['thingsboard', 'ThingsBoard device API'],
];
