import { formatHostPort, type HostPort } from '../config/address.ts';
import { type Proxying, proxyFor } from '../config/proxy.ts';
import { probeReadyz, takesConnections } from '../kubernetes/probe.ts';
import { isOnTheWay } from '../talos/failure.ts';
import type { RoundLimits } from './asking.ts';
import { facetOf } from './kubernetes-facet.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** The port of apid. */
const talosPort = 50000;

type Seen = Required<Pick<NodeSnapshot, 'apiServer' | 'apiServerWay'>>;

/**
 * Asks the kube-apiserver of a control plane.
 *
 * @param expected where it is expected: that is asked at once
 * @param found where it is by what its machine says
 */
export type AskApiServer = (expected: HostPort, found: Promise<HostPort>, limits: RoundLimits) => Promise<Seen>;

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
      apiServerWay: {
        address: server.host,
        port: server.port,
        talosPort: talos.has(server.host),
        contacted: contacted.has(name),
      },
    };
  }

  return async (expected, found, limits) => {
    const early = ask(expected, limits);
    const server = await found;
    return formatHostPort(server) === formatHostPort(expected) ? await early : await ask(server, limits);
  };
}
