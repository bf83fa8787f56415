/**
 * Puts tokens into a Secret of Kubernetes, as a pod that may `get` and `patch` just that one.
 * @see https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { CommandError } from '../command-error.ts';
import type { Token } from './tokens.ts';
import { settingsOf } from './tokens-file.ts';

/** How a pod speaks to the API server. */
export interface PodAccess {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly token: string;
  readonly namespace: string;
}

/** Where Kubernetes puts what a pod needs for it. */
const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
const API_HOST = 'kubernetes.default.svc';

/** The access of the pod that this runs in. */
export function podAccess(): PodAccess {
  const read = (name: string) => readFileSync(`${FOLDER}/${name}`, 'utf8').trim();
  try {
    return { host: API_HOST, port: 443, ca: read('ca.crt'), token: read('token'), namespace: read('namespace') };
  } catch {
    throw new CommandError('--kubernetes-secret works in a pod with a service account only');
  }
}

/** Writes tokens into a Secret that is there; false where they are in it already. */
export async function putIntoSecret(access: PodAccess, name: string, tokens: readonly Token[]): Promise<boolean> {
  const path = `/api/v1/namespaces/${access.namespace}/secrets/${name}`;
  const { data = {} } = (await ask(access, 'GET', path)) as { data?: Record<string, string> };
  const wanted = Object.entries(settingsOf(tokens)).map(([key, token]) => [key, base64(token)] as const);
  if (wanted.every(([key, value]) => data[key] === value)) return false;
  await ask(access, 'PATCH', path, { data: Object.fromEntries(wanted) });
  return true;
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}

async function ask(access: PodAccess, method: string, path: string, patch?: object): Promise<unknown> {
  const { host, port, ca, token } = access;
  const body = patch === undefined ? undefined : JSON.stringify(patch);
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body !== undefined && {
      'content-type': 'application/merge-patch+json',
      'content-length': Buffer.byteLength(body),
    }),
  };
  const [status, answer] = await new Promise<[number, string]>((resolve, reject) => {
    const sent = request({ host, port, ca, method, path, headers }, (response) => {
      text(response).then((content) => resolve([response.statusCode ?? 0, content]), reject);
    });
    sent.on('error', reject).end(body);
  });
  if (status === 200) return JSON.parse(answer);
  throw new CommandError(`Kubernetes refuses ${method} ${path}: ${status} ${answer}`);
}
