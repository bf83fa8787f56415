/**
 * The compiled edge as a process that ends itself, without a word, when it comes to a point for the n-th time:
 * `node killable-edge.js POINT N`. Settings come from the environment, as for the program itself.
 */
import { loadConfig } from '../dist/config.js';
import { createLog } from '../dist/machine.js';
import { Outbox } from '../dist/outbox/outbox.js';
import { OutboxShipping } from '../dist/outbox/outbox-shipping.js';
import { startEdge } from '../dist/start-edge.js';
import { createHttpClient } from '../dist/uplink/http-client.js';

const [point, count] = process.argv.slice(2);
let left = Number(count);

function pass(name) {
  if (name !== point) return;
  left--;
  if (left <= 0) process.kill(process.pid, 'SIGKILL');
}

for (const [owner, method] of [
  [Outbox, 'commit'],
  [OutboxShipping, 'plan'],
  [OutboxShipping, 'markSent'],
  [OutboxShipping, 'complete'],
]) {
  const original = owner.prototype[method];
  owner.prototype[method] = function (...args) {
    pass(`before ${method}`);
    const result = original.apply(this, args);
    pass(`after ${method}`);
    return result;
  };
}

// biome-ignore lint/style/noProcessEnv: a program of its own
const config = loadConfig(process.env);
const inner = createHttpClient({ url: config.SERVER_URL, key: config.DEVICE_KEY });
const nameOf = ({ method, path }) =>
  `${method} ${path
    .replace(/^\/v1\/|\?.*$/g, '')
    .replace(/[0-9a-f-]{36}\//, '')
    .replace(/\/\d+$/, '')}`;
const client = {
  async send(request) {
    pass(`before ${nameOf(request)}`);
    const answer = await inner.send(request);
    pass(`after ${nameOf(request)}`);
    return answer;
  },
  close: () => inner.close(),
};

const edge = startEdge(config, { log: createLog(process.stdout), client });
edge.failed.catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
process.once('SIGTERM', () => void edge.stop());
