export * from './event.ts';
export * from './manifest.ts';
export * from './problem.ts';
export * from './result.ts';
export * from './signals.ts';
export * from './timestamp.ts';
export * from './uuid.ts';
export * from './vehicle.ts';
