/** Asks the API: as whoever is signed in, or with the key of the link that the page was opened by. */
import { type Fault, type ProblemSlug, problemSlug } from '@fleet/contract';

/** Why there is no good answer. `offline` where there was none at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly slug: ProblemSlug | 'offline' | 'unknown';
  readonly faults: readonly Fault[];

  constructor(slug: ApiError['slug'], detail: string, faults: readonly Fault[] = []) {
    super(detail);
    this.slug = slug;
    this.faults = faults;
  }
}

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Speaks as this key instead. */
  readonly key?: string;
}

/** The key in `?share=`; it stays for the tab, and leaves the address bar of no page. */
const share = new URLSearchParams(globalThis.location?.search ?? '').get('share');

/** The key of the link that the page was opened by, if it was. */
export function shareKey(): string | null {
  return share;
}

/** An address that a browser may open by itself, with the key of the link. */
export function withShare(path: string): string {
  if (share === null) return path;
  return `${path}${path.includes('?') ? '&' : '?'}share=${encodeURIComponent(share)}`;
}

/** Headers that say who asks. */
export function authorization(key: string | null = share): Record<string, string> {
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

/** The answer as JSON, undefined where it has no body. Throws `ApiError`. */
export async function ask<T>(path: string, { method = 'GET', body, signal, key }: Request = {}): Promise<T> {
  const response = await reach(path, {
    method,
    headers: { ...authorization(key), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  if (!response.ok) throw await errorOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** What an answer that is no good one says. */
export async function errorOf(response: Response): Promise<ApiError> {
  const document = (await response.json().catch(() => null)) as { detail?: string; errors?: readonly Fault[] } | null;
  const slug = problemSlug(document) ?? 'unknown';
  return new ApiError(slug, document?.detail ?? `${response.status} ${response.statusText}`, document?.errors);
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiError('offline', (error as Error).message);
  }
}
