/** Who may connect to the broker inside, and what they may publish and read there. The key, sent as password, decides. */
import type { Directory } from '../../access/directory.ts';
import type { FailedTries } from '../../access/failed-tries.ts';
import { digestOf } from '../../access/key.ts';
import type { Principal } from '../../access/principal.ts';
import { type Grants, grantsOf } from '../grants.ts';
import { covers, isPlainTopic } from '../topic-filters.ts';

/** Somebody who connected. */
export interface Visitor {
  /** The digest of their key: it may be revoked while they are there. */
  readonly digest: string;
  readonly principal: Principal;
}

export interface GateParts {
  readonly directory: Directory;
  readonly failedTries: FailedTries;
  /** Hears of every principal that was let in. */
  readonly onSeen: (principal: Principal) => void;
  /** The first level of Home Assistant's topics. */
  readonly prefix: string;
}

export class Gate {
  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** Whose key it is; else how long to let them wait for the answer, milliseconds. */
  enter(password: Buffer | undefined, address: string): Visitor | number {
    const digest = digestOf(password?.toString() ?? '');
    const principal = this.#parts.directory.holderOfDigest(digest);
    if (principal === undefined || !mayConnect(principal)) return this.#parts.failedTries.note(address);
    this.#parts.onSeen(principal);
    return { digest, principal };
  }

  /** The principal as it is now, if its key still holds and it may publish there. */
  mayPublish({ digest }: Visitor, topic: string, appTopics: readonly string[]): Principal | undefined {
    const principal = this.#parts.directory.holderOfDigest(digest);
    if (principal === undefined || !isPlainTopic(topic)) return undefined;
    const apps = principal.role === 'viewer' ? [] : appTopics;
    const filters = [...this.#grantsOf(principal).publish, ...apps];
    return filters.some((filter) => covers(filter, topic)) ? principal : undefined;
  }

  /** Whether they may read all that a filter, or a topic, matches. */
  mayRead({ digest }: Visitor, filter: string): boolean {
    const principal = this.#parts.directory.holderOfDigest(digest);
    return principal !== undefined && this.#grantsOf(principal).read.some((each) => covers(each, filter));
  }

  #grantsOf(principal: Principal): Grants {
    return grantsOf(principal, this.#parts.directory, this.#parts.prefix);
  }
}

/** Keys of devices, programs and settings; links that are handed around only show pages. */
function mayConnect({ id, trip }: Principal): boolean {
  return trip === null && !id.startsWith('share/');
}
