import type { Credentials } from '../../credentials/credentials.ts';
import { type TrustedContext, trustedContexts } from './tls.ts';

/** Who answers a call: a node of the cluster, or Omni itself. */
export type Target = 'talos' | 'omni';

/** How connections and calls prove who the caller is. Shared by all endpoints. */
export interface Authentication {
  /** In the order in which they are tried until the server is trusted. */
  readonly contexts: readonly [TrustedContext, ...TrustedContext[]];
  /**
   * The headers of one call, for each attempt anew. Absent if the connection itself proves it.
   *
   * @param method with both slashes, such as `/machine.MachineService/Version`
   */
  readonly headers?: (method: string, target: Target) => Readonly<Record<string, string>>;
}

export function authenticationOf(credentials: Credentials): Authentication {
  const contexts = trustedContexts(credentials);
  if (credentials.kind === 'certificate') {
    return { contexts };
  }
  const { account, cluster } = credentials;
  const covered = { talos: { runtime: 'Talos', context: cluster }, omni: {} } as const;
  return { contexts, headers: (method, target) => account.headers(method, covered[target], Date.now()) };
}
