/** Jest runs the sources as they are: swc takes the types off, `fleet-source` leads imports of workspaces to their src. */
export default {
  globalSetup: '<rootDir>/jest.build.js',
  reporters: ['default', '<rootDir>/jest.counts.js'],
  roots: ['<rootDir>/packages', '<rootDir>/api'],
  testMatch: ['**/*.test.ts'],
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
