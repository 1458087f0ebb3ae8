import { isIP } from 'node:net';
import { hostOf } from '../checks/text.ts';
import type { Options } from '../inputs/options.ts';
import type { Channels, EndpointChannel } from '../observe/endpoints/channels.ts';
import type { EndpointPool } from '../observe/endpoints/pool.ts';
import type { Cluster } from '../observe/members/cluster.ts';
import type { HealthCheckRequest } from '../talos/health-check.ts';
import { hostIndex, hostsOf } from '../values/host-index.ts';
import type { Candidate } from './attempt.ts';

/** The usable endpoints: first those that have answered, then those without an answer yet. */
function usable({ all }: Channels, pool: EndpointPool): readonly EndpointChannel[] {
  const usableEndpoints = new Set(
    pool.snapshot().flatMap(({ endpoint, state }) => (state === 'used' || state === 'standby' ? endpoint : [])),
  );
  return all
    .filter(({ channel }) => usableEndpoints.has(channel.endpoint))
    .sort((one, other) => Number(pool.isHealthy(other.channel)) - Number(pool.isHealthy(one.channel)));
}

/**
 * The candidates in the order in which they are tried: the nodes that the user
 * names, as in talosctl; each endpoint, which is a control plane node or a load
 * balancer; the other control plane nodes, through an endpoint.
 */
export function candidates(
  channels: Channels,
  pool: EndpointPool,
  cluster: Cluster,
  { nodes }: Pick<Options, 'nodes'>,
): readonly Candidate[] {
  const endpoints = usable(channels, pool);
  const [best] = endpoints;
  if (best === undefined) {
    return [];
  }
  const machines = hostIndex(cluster.nodes, hostsOf);
  const isWorker = (host: string): boolean => machines.find(host)?.role === 'worker';
  const named = nodes.filter((host) => !isWorker(host));
  const own = endpoints.filter(({ host }) => !named.includes(host) && !isWorker(host));
  const asked = new Set([...named, ...channels.all.map(({ channel }) => hostOf(channel.endpoint))].map(machines.find));
  const others = cluster.nodes.filter((node) => node.role === 'controlplane' && !asked.has(node));
  return [
    ...named.map((node) => ({ channel: best.channel, node })),
    ...own.map(({ channel }) => ({ channel })),
    ...others.map(({ address }) => ({ channel: best.channel, node: address })),
  ];
}

/** The server accepts only addresses: the name of a node is resolved with discovery. */
function addressOf(host: string, { nodes }: Cluster): string {
  const node = isIP(host) === 0 ? hostIndex(nodes, hostsOf).find(host) : undefined;
  return node?.addresses.find((address) => isIP(address) !== 0) ?? host;
}

export function healthCheckRequest(
  { controlPlaneNodes, workerNodes, kubernetes }: Options,
  cluster: Cluster,
): Omit<HealthCheckRequest, 'waitTimeout'> {
  return {
    controlPlaneNodes: controlPlaneNodes.map((host) => addressOf(host, cluster)),
    workerNodes: workerNodes.map((host) => addressOf(host, cluster)),
    forceEndpoint: kubernetes.endpoint ?? '',
  };
}
