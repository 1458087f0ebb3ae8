import { randomBytes } from 'node:crypto';
import type { Authority, Identity, Validity } from './authority.ts';

/** `admin` may do everything, `viewer` may look, `nobody` is known and may do nothing. */
export type KubernetesUser = keyof typeof groups;

const groups = { admin: ['system:masters'], viewer: ['viewers'], nobody: [] } as const;
const names: readonly KubernetesUser[] = ['admin', 'viewer', 'nobody'];

/** Whom Kubernetes knows: by certificates of its authority, and by tokens. */
export class KubernetesUsers {
  readonly #authority: Authority;
  readonly #tokens: ReadonlyMap<string, KubernetesUser>;

  constructor(authority: Authority) {
    this.#authority = authority;
    this.#tokens = new Map(names.map((name) => [randomBytes(16).toString('hex'), name]));
  }

  /** PEM of the authority of clients. */
  get certificate(): string {
    return this.#authority.certificate;
  }

  identity(user: KubernetesUser, validity: Validity = 'valid'): Identity {
    return this.#authority.client(groups[user], validity, user);
  }

  token(user: KubernetesUser): string {
    return [...this.#tokens].find(([, name]) => name === user)?.[0] ?? '';
  }

  byToken(
    token: string | undefined,
  ): { readonly name: KubernetesUser; readonly groups: readonly string[] } | undefined {
    const name = token === undefined ? undefined : this.#tokens.get(token);
    return name === undefined ? undefined : { name, groups: groups[name] };
  }
}
