import { isIP } from 'node:net';
import { hostOf } from '../checks/text.ts';
import type { Options } from '../inputs/options.ts';
import type { EndpointWire, Wires } from '../observe/channels.ts';
import { type Cluster, hostsOf } from '../observe/cluster.ts';
import type { Gateway } from '../observe/endpoint-pool.ts';
import type { HealthCheckQuestion } from '../talos/health-check.ts';
import { hostIndex } from '../values/host-index.ts';
import type { Candidate } from './attempt.ts';

/** The endpoints that can be used: those that have answered, and then those that nobody has waited for. */
function usable({ all }: Wires, gateway: Gateway): readonly EndpointWire[] {
  const standing = new Set(
    gateway.snapshot().flatMap(({ endpoint, state }) => (state === 'used' || state === 'standby' ? endpoint : [])),
  );
  return all
    .filter(({ wire }) => standing.has(wire.endpoint))
    .sort((one, other) => Number(gateway.isGood(other.wire)) - Number(gateway.isGood(one.wire)));
}

/**
 * Whom to ask, one after another: the nodes that the user names, as talosctl
 * does; each endpoint, which is a control plane or stands before some; and the
 * control planes that are left, through an endpoint.
 */
export function candidates(
  wires: Wires,
  gateway: Gateway,
  cluster: Cluster,
  { nodes }: Pick<Options, 'nodes'>,
): readonly Candidate[] {
  const endpoints = usable(wires, gateway);
  const [best] = endpoints;
  if (best === undefined) {
    return [];
  }
  const machines = hostIndex(cluster.nodes, hostsOf);
  const isWorker = (host: string): boolean => machines.find(host)?.role === 'worker';
  const named = nodes.filter((host) => !isWorker(host));
  const own = endpoints.filter(({ host }) => !named.includes(host) && !isWorker(host));
  const asked = new Set([...named, ...wires.all.map(({ wire }) => hostOf(wire.endpoint))].map(machines.find));
  const others = cluster.nodes.filter((node) => node.role === 'controlplane' && !asked.has(node));
  return [
    ...named.map((node) => ({ wire: best.wire, node })),
    ...own.map(({ wire }) => ({ wire })),
    ...others.map(({ address }) => ({ wire: best.wire, node: address })),
  ];
}

/** The server takes addresses only: of a node that was given by its name, the one that discovery knows. */
function addressOf(host: string, { nodes }: Cluster): string {
  const known = isIP(host) === 0 ? hostIndex(nodes, hostsOf).find(host) : undefined;
  return known?.addresses.find((address) => isIP(address) !== 0) ?? host;
}

export function question(
  { controlPlaneNodes, workerNodes, kubernetes }: Options,
  cluster: Cluster,
): Omit<HealthCheckQuestion, 'waitTimeout'> {
  return {
    controlPlaneNodes: controlPlaneNodes.map((host) => addressOf(host, cluster)),
    workerNodes: workerNodes.map((host) => addressOf(host, cluster)),
    forceEndpoint: kubernetes.endpoint ?? '',
  };
}
