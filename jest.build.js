import { execFileSync } from 'node:child_process';

/** Threads and whole servers run compiled code: what is tested must be what was written. */
export default function build() {
  execFileSync('npx', ['tsc', '-b'], { stdio: 'inherit' });
  execFileSync('node', ['web/build.js'], { stdio: 'inherit' });
}
