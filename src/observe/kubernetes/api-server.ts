import { setTimeout as pause } from 'node:timers/promises';
import { probeReadyz, takesConnections } from '../../kubernetes/probe.ts';
import { type Proxying, proxyFor } from '../../net/proxy.ts';
import { isOnTheWay } from '../../talos/failure.ts';
import { formatHostPort, type HostPort } from '../../values/address.ts';
import type { RoundLimits } from '../request.ts';
import type { NodeSnapshot } from '../snapshot.ts';
import { facetOf } from './facet.ts';

/** The port of apid. */
const talosPort = 50000;

type ApiServerObservation = Required<Pick<NodeSnapshot, 'apiServer' | 'apiServerWay'>>;

/**
 * Queries the kube-apiserver of a control plane.
 *
 * @param expected its likely address, which is queried immediately
 * @param found its address as reported by the machine
 */
export type AskApiServer = (
  expected: HostPort,
  found: Promise<HostPort>,
  limits: RoundLimits,
) => Promise<ApiServerObservation>;

/** How long to wait for the API server before the Talos port is tried as well, in milliseconds. */
const headStart = 100;

/** The server answered and is not failing, so it does not matter whether the machine itself can be reached. */
function isHarmless(answer: Awaited<ReturnType<typeof probeReadyz>> | undefined): boolean {
  return answer?.ok === true && [200, 401, 403].includes(answer.value.status);
}

/**
 * Remembers which servers were reached in this run: a firewall cannot explain why such a server stops answering later.
 */
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
   * @param rest resolves when everything else about the machine is known. If the Talos port has not accepted a
   *   connection by then, nor within the same time again, the machine is unreachable from here and connecting is
   *   abandoned.
   */
  async function ask(
    server: HostPort,
    rest: Promise<unknown>,
    { rpcTimeout, deadline, now, signal }: RoundLimits,
  ): Promise<ApiServerObservation> {
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
    // Most servers are ready and answer immediately; then the Talos port need not be tried.
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
