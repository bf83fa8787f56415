/**
 * Builds the pages into `dist/`, if anything that they are made of is newer, and puts compressed copies beside the
 * files, so that a small machine need not compress them anew for every browser.
 */
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const HERE = import.meta.dirname;
const SOURCES = [
  'src',
  'public',
  'index.html',
  'vite.config.js',
  'build.js',
  'package.json',
  '../packages/contract/src',
];
const BUILT = join(HERE, 'dist/index.html');
const COMPRESSIBLE = /\.(js|mjs|css|html|json|svg|webmanifest)$/;

/** Every file in a folder, or the file itself. */
function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function isUpToDate() {
  if (!existsSync(BUILT)) return false;
  const built = statSync(BUILT).mtimeMs;
  return SOURCES.flatMap((source) => filesIn(join(HERE, source))).every((file) => statSync(file).mtimeMs <= built);
}

function compress(file) {
  const bytes = readFileSync(file);
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}

if (!isUpToDate()) {
  // Whatever the environment says, a test's or a developer's: these are the pages that people get.
  process.env.NODE_ENV = 'production';
  const began = new Date();
  await build({ configFile: join(HERE, 'vite.config.js'), logLevel: 'error' });
  for (const file of filesIn(join(HERE, 'dist'))) if (COMPRESSIBLE.test(file)) compress(file);
  // What changes while it builds is newer than what is built.
  utimesSync(BUILT, began, began);
}
