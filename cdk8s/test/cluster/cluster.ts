/** A real cluster, the one of KUBECONFIG, as tests use it: a namespace with Pod Security *restricted*, and the chart in it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort, type Target, until } from '@fleet/testkit';

const run = promisify(execFile);
const CHART = fileURLToPath(new URL('../../../', import.meta.url));
const SECOND = 1_000;

/** Values for images that the cluster has; `FLEET_CLUSTER_VALUES` names another file. */
// biome-ignore lint/style/noProcessEnv: said to tests, not to the program
const VALUES = process.env['FLEET_CLUSTER_VALUES'] ?? fileURLToPath(new URL('stand-ins.yaml', import.meta.url));

// biome-ignore lint/style/noProcessEnv: said to tests, not to the program
const { KUBECONFIG } = process.env;

/** Whether there is a cluster to test on. */
export const hasCluster = KUBECONFIG !== undefined;

/** A release of the chart in a namespace of its own. */
export class Installation {
  readonly namespace = `fleet-${crypto.randomUUID().slice(0, 8)}`;
  readonly #helm: string;
  readonly #forwards: PortForward[] = [];

  constructor(helm: string) {
    this.#helm = helm;
  }

  async createNamespace(): Promise<void> {
    await run('kubectl', ['create', 'namespace', this.namespace]);
    await run('kubectl', ['label', 'namespace', this.namespace, 'pod-security.kubernetes.io/enforce=restricted']);
  }

  async kubectl(...args: readonly string[]): Promise<string> {
    return (await run('kubectl', ['--namespace', this.namespace, ...args], { maxBuffer: 2 ** 26 })).stdout;
  }

  async helm(...args: readonly string[]): Promise<string> {
    return (await run(this.#helm, [...args, '--namespace', this.namespace], { maxBuffer: 2 ** 26 })).stdout;
  }

  /** Installs or upgrades, and waits until everything is ready. */
  async deploy(...sets: readonly string[]): Promise<void> {
    const values = sets.flatMap((set) => ['--set', set]);
    await this.helm('upgrade', '--install', 'fleet', CHART, '--values', VALUES, ...values, '--wait', '--timeout', '8m');
  }

  /** Ends a pod as a power cut does: with SIGKILL, and nobody asks. */
  async kill(pod: string): Promise<void> {
    await this.kubectl('delete', 'pod', pod, '--grace-period=0', '--force');
  }

  /** The names of a component's pods that are not about to end. */
  async podsOf(component: string): Promise<string[]> {
    const selector = `app.kubernetes.io/component=${component}`;
    const list = JSON.parse(await this.kubectl('get', 'pods', '-l', selector, '-o', 'json')) as {
      items: { metadata: { name: string; deletionTimestamp?: string } }[];
    };
    return list.items.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.name);
  }

  /** Asks a pod to leave, as `kubectl drain` does. Rejects where a budget forbids it. */
  async evict(pod: string): Promise<void> {
    const path = `/api/v1/namespaces/${this.namespace}/pods/${pod}/eviction`;
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace: this.namespace } };
    const asking = run('kubectl', ['create', '--raw', path, '-f', '-']);
    asking.child.stdin?.end(JSON.stringify(eviction));
    await asking;
  }

  /** A dongle in the network, at `tcp://dongle:35000`, in a car that drives one of the recorded drives. */
  async makeDongle(drive: string): Promise<void> {
    await this.kubectl('create', 'configmap', 'drive', `--from-file=drive.ndjson.gz=${drive}`);
    await this.kubectl('apply', '-f', fileURLToPath(new URL('dongle.yaml', import.meta.url)));
  }

  /** Runs a script of the repository on a release in this namespace. */
  async script(name: string, ...args: readonly string[]): Promise<void> {
    await run(`${CHART}scripts/${name}`, [...args, this.namespace]);
  }

  async secret(name: string, key: string): Promise<string> {
    const text = await this.kubectl('get', 'secret', name, '-o', `jsonpath={.data.${key}}`);
    return Buffer.from(text, 'base64').toString();
  }

  /** The address of a Service on this machine, whichever pods it leads to. */
  async forward(service: string, port: number): Promise<string> {
    const forward = new PortForward(this.namespace, service, port);
    this.#forwards.push(forward);
    return forward.start();
  }

  /** The API, as an admin. */
  async api(): Promise<Target> {
    const address = await this.forward('fleet-api', 80);
    return { url: `http://${address}`, key: await this.secret('fleet-api-auth', 'ADMIN_TOKEN') };
  }

  /** What a pod of the server's image says to a command; undefined where it fails. */
  async tryFrom(name: string, labels: string, script: string): Promise<string> {
    const { image, ...container } = POD_CONTAINER;
    const overrides = {
      spec: { ...POD_SPEC, containers: [{ name, image, command: ['node', '-e', script], ...container }] },
    };
    const args = [
      'run',
      name,
      '--image',
      image,
      '--restart=Never',
      '--labels',
      labels,
      '--overrides',
      JSON.stringify(overrides),
    ];
    await this.kubectl(...args);
    await until(Date.now() + 60 * SECOND, async () => {
      const phase = await this.kubectl('get', 'pod', name, '-o', 'jsonpath={.status.phase}');
      if (!/Succeeded|Failed/.test(phase)) throw new Error(`the pod is ${phase}`);
    });
    return this.kubectl('logs', name);
  }

  async dispose(): Promise<void> {
    for (const forward of this.#forwards) forward.stop();
    await run('kubectl', ['delete', 'namespace', this.namespace, '--wait=true', '--timeout=3m']);
  }
}

const POD_SPEC = {
  securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
  automountServiceAccountToken: false,
};
const POD_CONTAINER = {
  image: 'docker.io/fleet/api:test',
  imagePullPolicy: 'IfNotPresent',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

/** A port of this machine that leads to a Service. A pod that goes away ends it: it begins anew, with the next one. */
class PortForward {
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #port = 0;

  constructor(namespace: string, service: string, port: number) {
    this.#args = ['--namespace', namespace, 'port-forward', `service/${service}`, `:${port}`];
  }

  async start(): Promise<string> {
    this.#port = await freePort();
    this.#begin();
    const address = `127.0.0.1:${this.#port}`;
    await until(Date.now() + 60 * SECOND, async () => {
      if (this.#child?.exitCode !== null) throw new Error('the port is not forwarded');
    });
    return address;
  }

  stop(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.kill();
  }

  #begin(): void {
    const args = this.#args.map((arg) => (arg.startsWith(':') ? `${this.#port}${arg}` : arg));
    const child = spawn('kubectl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    // Of a pod that is gone it says so, and goes on as if nothing was.
    child.stderr.on('data', (words) => {
      if (/lost connection|not found|error forwarding/.test(`${words}`)) child.kill();
    });
    void once(child, 'exit').then(() => {
      if (this.#child === child) setTimeout(() => this.#child === child && this.#begin(), SECOND / 2);
    });
  }
}
