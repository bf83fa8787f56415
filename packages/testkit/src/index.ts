export * from './drives.ts';
