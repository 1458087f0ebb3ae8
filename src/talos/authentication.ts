import type { SecureContext } from 'node:tls';
import type { Credentials } from '../credentials/credentials.ts';
import { secureContext } from './tls.ts';

/** Who answers a call: a node of the cluster, or Omni itself. */
export type Target = 'talos' | 'omni';

/** How connections and calls prove who the caller is. Shared by all endpoints. */
export interface Authentication {
  readonly secure: SecureContext;
  /**
   * The headers of one call, for each attempt anew. Absent if the connection itself proves it.
   *
   * @param method with both slashes, such as `/machine.MachineService/Version`
   */
  readonly headers?: (method: string, target: Target) => Readonly<Record<string, string>>;
}

export function authenticationOf(credentials: Credentials): Authentication {
  const secure = secureContext(credentials);
  if (credentials.kind === 'certificate') {
    return { secure };
  }
  const { account, cluster } = credentials;
  const covered = { talos: { runtime: 'Talos', context: cluster }, omni: {} } as const;
  return { secure, headers: (method, target) => account.headers(method, covered[target], Date.now()) };
}
