import { getResource } from '../talos/resources/api.ts';
import { omniClusters, omniUpgrades } from '../talos/resources/omni.ts';
import type { ResourceType } from '../talos/resources/type.ts';
import type { DiscoverySession } from './endpoints/pool.ts';
import type { OmniFacets } from './snapshot.ts';

/** Loaded only where Sidero Omni is in front of the cluster. */

/**
 * Asks Omni itself about a cluster, whether or not it passes calls to its nodes. An account that may
 * read the nodes may not be able to read this. Undefined if there is no endpoint.
 */
export async function observeOmni(
  { trials: [endpoint], askEndpoint }: Pick<DiscoverySession, 'trials' | 'askEndpoint'>,
  cluster: string,
): Promise<OmniFacets | undefined> {
  if (endpoint === undefined) {
    return undefined;
  }
  const read = <T>(type: ResourceType<T>) =>
    askEndpoint(endpoint.channel, (channel, options) =>
      getResource(channel, type, cluster, { ...options, target: 'omni' }),
    );
  const [status, upgrade] = await Promise.all([read(omniClusters), read(omniUpgrades)]);
  return { status, upgrade };
}
