export * from './drives.ts';
export * from './fleet-process.ts';
export * from './influxd.ts';
export * from './ledger.ts';
export * from './liveness.ts';
export * from './random.ts';
export * from './read-back.ts';
export * from './senders.ts';
