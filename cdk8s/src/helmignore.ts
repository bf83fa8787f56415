/**
 * .helmignore: the chart lies at the root of the repository, and is a few of its files. Every entry is anchored: `api/`
 * would take `charts/api` away as well.
 */

/** Whatever lies at the root and is no part of the chart. */
export const IGNORED = [
  ...['.*', 'Dockerfile', 'SECURITY.md', 'api', 'bench', 'biome.json', 'cdk8s', 'cdk8s.yaml', 'ci', 'dashboards'],
  ...['docs', 'edge'],
  ...['examples', 'jest.*', 'package.json', 'package-lock.json', 'packages', 'scripts', 'skaffold.yaml'],
  ...['tsconfig*', 'web'],
  // What may lie about.
  ...['coverage', 'data', 'dist', 'edge-data', 'node_modules'],
  ...['*.db*', '*.env', '*.log', '*.ndjson*', '*.tar*', '*.tgz', '*.zip'],
];

export const HELMIGNORE = `${['# Made from cdk8s/src by `npm run generate`: change it there.', ...IGNORED.map((path) => `/${path}`)].join('\n')}\n`;
