import { setTimeout as pause } from 'node:timers/promises';
import { probeReadyz, takesConnections } from '../kubernetes/probe.ts';
import { type Proxying, proxyFor } from '../net/proxy.ts';
import { isOnTheWay } from '../talos/failure.ts';
import { formatHostPort, type HostPort } from '../values/address.ts';
import { facetOf } from './kubernetes-facet.ts';
import type { RoundLimits } from './request.ts';
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

/** How long the server is asked alone, in milliseconds. */
const headStart = 100;

/** Nothing is said against the server: whether the machine itself was reached does not matter. */
function isHarmless(answer: Awaited<ReturnType<typeof probeReadyz>> | undefined): boolean {
  return answer?.ok === true && [200, 401, 403].includes(answer.value.status);
}

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

  /**
   * @param rest resolves when all else is known of the machine: if neither port has taken a connection by then, and for
   *   as long again, the machine is not reached from here, and nothing that is still to come can count against its server
   */
  async function ask(
    server: HostPort,
    rest: Promise<unknown>,
    { rpcTimeout, deadline, now, signal }: RoundLimits,
  ): Promise<Seen> {
    const began = now();
    const unreached = new AbortController();
    void rest.then(async () => {
      await pause(headStart + Math.max(headStart, now() - began), undefined, { ref: false });
      if (!talos.has(server.host)) {
        unreached.abort();
      }
    });
    const timeout = Math.max(1, Math.min(rpcTimeout, deadline - now()));
    const ended = AbortSignal.any([signal, unreached.signal, AbortSignal.timeout(timeout)]);
    const bounds = { timeout, signal, connecting: unreached.signal };
    const asked = probeReadyz(server, bounds, proxyFor(proxying, server));
    // Most servers answer well at once, and then nobody wants to know.
    const soon = await Promise.race([asked, pause(Math.min(headStart, timeout), undefined, { ref: false })]);
    const isSettled = talos.has(server.host) || isHarmless(soon);
    const [answer] = await Promise.all([asked, isSettled ? undefined : seesTalos(server.host, ended)]);
    const name = formatHostPort(server);
    if (answer.ok || !(isOnTheWay(answer.error.kind) || answer.error.kind === 'cancelled')) {
      contacted.add(name);
    }
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
    const early = ask(expected, found, limits);
    const server = await found;
    return formatHostPort(server) === formatHostPort(expected) ? await early : await ask(server, found, limits);
  };
}
