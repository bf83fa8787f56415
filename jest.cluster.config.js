/** `npm run test:cluster`: what takes a real cluster, the one of KUBECONFIG, and minutes. */
import config from './jest.config.js';

export default { ...config, roots: ['<rootDir>/cdk8s'], testMatch: ['**/*.cluster.ts'], maxWorkers: 1 };
