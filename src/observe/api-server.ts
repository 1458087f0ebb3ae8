import { formatHostPort, type HostPort } from '../config/address.ts';
import { type Proxying, proxyFor } from '../config/proxy.ts';
import { probeReadyz, takesConnections } from '../kubernetes/probe.ts';
import { isOnTheWay } from '../talos/failure.ts';
import type { RoundLimits } from './asking.ts';
import type { ClusterNode } from './cluster.ts';
import { facetOf } from './kubernetes-facet.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** The port of apid. */
const talosPort = 50000;

type Seen = Required<Pick<NodeSnapshot, 'apiServer' | 'apiServerWay'>>;

/**
 * Asks the kube-apiserver of a control plane.
 *
 * @param expected the address at which the machine is expected to answer: that is asked at once
 * @param found the address at which it answers
 */
export type AskApiServer = (
  node: ClusterNode,
  expected: string,
  found: Promise<string>,
  limits: RoundLimits,
) => Promise<Seen>;

/** These say nothing against the server: whether the machine itself was reached does not matter. */
const harmless = [200, 401, 403];

/** What was reached once in a run is known to be within reach: no firewall explains that it is silent later. */
export function openApiServers(proxying: Proxying | undefined): AskApiServer {
  const contacted = new Set<string>();
  const talos = new Set<string>();

  async function seesTalos(host: string, signal: AbortSignal): Promise<void> {
    const target = { host, port: talosPort };
    if (await takesConnections(target, signal, proxyFor(proxying, target))) {
      talos.add(host);
    }
  }

  async function ask(server: HostPort, { rpcTimeout, deadline, now, signal }: RoundLimits): Promise<Seen> {
    const timeout = Math.max(1, Math.min(rpcTimeout, deadline - now()));
    const over = new AbortController();
    const ended = AbortSignal.any([signal, over.signal, AbortSignal.timeout(timeout)]);
    const sees = seesTalos(server.host, ended);
    const answer = await probeReadyz(server, { timeout, signal }, proxyFor(proxying, server));
    const name = formatHostPort(server);
    if (answer.ok || !(isOnTheWay(answer.trouble.kind) || answer.trouble.kind === 'cancelled')) {
      contacted.add(name);
    }
    if (answer.ok && harmless.includes(answer.value.status)) {
      over.abort();
    }
    await sees;
    return {
      apiServer: facetOf(answer, name, now()),
      apiServerWay: { address: server.host, talosPort: talos.has(server.host), contacted: contacted.has(name) },
    };
  }

  return async ({ apiServerPort: port }, expected, found, limits) => {
    const early = ask({ host: expected, port }, limits);
    const address = await found;
    return address === expected ? await early : await ask({ host: address, port }, limits);
  };
}
