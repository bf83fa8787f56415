/** What setting up asks of InfluxDB v2's HTTP API, as somebody who may do everything there. */
import { CommandError } from '../command-error.ts';

/** A bucket's rule: how long points are kept, 0 for ever, and how much time one of its files holds. */
export interface RetentionRule {
  readonly everySeconds: number;
  readonly shardGroupDurationSeconds: number;
}

export interface Bucket {
  readonly id: string;
  readonly name: string;
  readonly retentionRules: readonly RetentionRule[];
}

export interface Permission {
  readonly action: 'read' | 'write';
  readonly resource: { readonly type: string; readonly id?: string; readonly orgID?: string };
}

/** A token with its rights. */
export interface Authorization {
  readonly id: string;
  readonly description: string;
  readonly status: string;
  readonly createdAt: string;
  readonly permissions: readonly Permission[];
  /** Servers that keep only its digest do not tell it again. */
  readonly token?: string;
}

/** Whoever owns a server; without a password nobody signs in to its pages. */
export interface FirstUser {
  readonly username: string;
  readonly password: string | undefined;
}

/** InfluxDB's answer where it is not a good one. */
class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class AdminClient {
  readonly url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.url = url;
    this.#token = token;
  }

  /** Whether it answers. */
  async isThere(): Promise<boolean> {
    return fetch(`${this.url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** Sets up a server that never was, with the token as its first. False where it is set up already. */
  async onboard({ username, password }: FirstUser, org: string, bucket: string): Promise<boolean> {
    const { allowed } = await this.#ask<{ allowed: boolean }>('GET', '/api/v2/setup');
    const first = { username, ...(password !== undefined && { password }), org, bucket, token: this.#token };
    if (allowed) await this.#ask('POST', '/api/v2/setup', first);
    return allowed;
  }

  /** The id of an organisation. */
  async org(name: string): Promise<string | undefined> {
    const found = await this.#askFor<{ orgs: readonly { id: string }[] }>(`/api/v2/orgs?${params({ org: name })}`);
    return found?.orgs[0]?.id;
  }

  async makeOrg(name: string): Promise<string> {
    return (await this.#ask<{ id: string }>('POST', '/api/v2/orgs', { name })).id;
  }

  async bucket(orgID: string, name: string): Promise<Bucket | undefined> {
    const found = await this.#askFor<{ buckets: readonly Bucket[] }>(`/api/v2/buckets?${params({ orgID, name })}`);
    return found?.buckets[0];
  }

  makeBucket(orgID: string, name: string, rule: RetentionRule): Promise<Bucket> {
    return this.#ask('POST', '/api/v2/buckets', { orgID, name, retentionRules: [{ type: 'expire', ...rule }] });
  }

  async changeBucket({ id }: Bucket, rule: RetentionRule): Promise<void> {
    await this.#ask('PATCH', `/api/v2/buckets/${id}`, { retentionRules: [{ type: 'expire', ...rule }] });
  }

  /** All tokens of an organisation. */
  async authorizations(orgID: string): Promise<readonly Authorization[]> {
    const path = `/api/v2/authorizations?${params({ orgID })}`;
    return (await this.#ask<{ authorizations: readonly Authorization[] }>('GET', path)).authorizations;
  }

  /** Makes a token; InfluxDB chooses it. */
  makeAuthorization(
    orgID: string,
    description: string,
    permissions: readonly Permission[],
  ): Promise<Authorization & { readonly token: string }> {
    return this.#ask('POST', '/api/v2/authorizations', { orgID, description, permissions });
  }

  async removeAuthorization({ id }: Authorization): Promise<void> {
    await this.#ask('DELETE', `/api/v2/authorizations/${id}`);
  }

  /** Undefined where there is no such thing. */
  async #askFor<T>(path: string): Promise<T | undefined> {
    try {
      return await this.#ask<T>('GET', path);
    } catch (error) {
      if (error instanceof RefusalError && error.status === 404) return undefined;
      throw error;
    }
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    const headers = { authorization: `Token ${this.#token}`, 'content-type': 'application/json' };
    const request = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(this.url + path, request).catch((error: Error) => {
      const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
      throw new CommandError(`INFLUX_URL=${this.url} does not answer: ${code ?? message}`);
    });
    const answer = parsed(await response.text());
    if (response.ok) return answer as T;
    const { message = `status ${response.status}` } = (answer ?? {}) as { message?: string };
    if (response.status === 401)
      throw new CommandError(`INFLUX_ADMIN_TOKEN is not valid at ${this.url}, or may not do this`);
    if (response.status === 404) throw new RefusalError(404, message);
    throw new CommandError(`InfluxDB refuses ${method} ${path.split('?')[0]}: ${message}`);
  }
}

function params(values: Readonly<Record<string, string>>): URLSearchParams {
  return new URLSearchParams(values);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
