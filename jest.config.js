/** Jest runs the sources as they are: swc takes the types off, `fleet-source` leads imports of workspaces to their src. */
export default {
  globalSetup: '<rootDir>/jest.build.js',
  reporters: ['default', '<rootDir>/jest.counts.js'],
  roots: ['api', 'bench', 'cdk8s', 'dashboards', 'edge', 'packages', 'web'].map((folder) => `<rootDir>/${folder}`),
  testMatch: ['**/*.test.ts'],
  // Tests wait for conditions, not for time: this only ends what would never end, also on a slow machine.
  testTimeout: 60_000,
  // Most of them wait for programs of their own. A worker's memory grows with each file of modules that it has run.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1GB',
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['fleet-source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  injectGlobals: false,
};
