import type { TalosContext } from '../credentials/talosconfig.ts';
import { type HostPort, parseEndpoint, parseOmniEndpoint } from '../values/address.ts';
import { quote, refuse } from '../values/problem.ts';
import type { Expectations } from './expectations.ts';
import type { InputReader } from './reader.ts';

/** The nodes of the cluster, and the endpoints to query. Hosts have no port. */
export interface NodeLists {
  /** In the order given; at least one. */
  readonly endpoints: readonly HostPort[];
  /** Given lists define the cluster. A list that is not given is discovered, except workers if control planes are given. */
  readonly controlPlaneNodes: readonly string[];
  readonly workerNodes: readonly string[];
  /** The nodes that discovery queries; empty means the endpoint itself. */
  readonly nodes: readonly string[];
}

export function readNodeLists(reader: InputReader, context: TalosContext | undefined): NodeLists {
  const endpoints = readEndpoints(reader, context);
  const controlPlaneNodes = reader.nodes('control-plane-nodes', reader.list('control-plane-nodes'));
  const workerNodes = reader.nodes('worker-nodes', reader.list('worker-nodes'));
  for (const node of workerNodes.filter((worker) => controlPlaneNodes.includes(worker))) {
    const expected = 'nodes that are not in control-plane-nodes';
    reader.take(
      'worker-nodes',
      refuse(expected, quote(node), 'a node is in one list: control planes run workloads too'),
    );
  }
  const givenNodes = reader.list('nodes');
  const nodes =
    givenNodes.length > 0 ? reader.nodes('nodes', givenNodes) : reader.nodes('talosconfig', context?.nodes ?? []);
  return { endpoints, controlPlaneNodes, workerNodes, nodes };
}

/** The input's endpoints, else the context's. */
function readEndpoints(reader: InputReader, context: TalosContext | undefined): readonly HostPort[] {
  const given = reader.list('endpoints');
  const parse = context?.credentials.kind === 'service-account' ? parseOmniEndpoint : parseEndpoint;
  if (given.length > 0) return reader.endpoints('endpoints', given, parse);
  // Without a valid context, missing endpoints are not a separate problem.
  if (context === undefined) return [];
  if (context.endpoints.length > 0) return reader.endpoints('talosconfig', context.endpoints, parse);
  const expected = 'at least one control plane node, such as 10.0.0.1';
  reader.take('endpoints', refuse(expected, `none, and the context ${quote(context.name)} has none either`));
  return [];
}

/** Given lists define the cluster: it has at most as many nodes as they have entries, and fewer if two entries are one node. */
export function compareWithLists(reader: InputReader, lists: NodeLists, expected: Expectations): void {
  const { controlPlaneNodes, workerNodes } = lists;
  if (controlPlaneNodes.length + workerNodes.length === 0) return;
  // If only workers are given, control planes are discovered.
  const controlPlanes = controlPlaneNodes.length === 0 ? undefined : expected.controlPlanes;
  const sides = [
    ['expected-control-planes', controlPlanes, 'control-plane-nodes', controlPlaneNodes],
    ['expected-workers', expected.workers, 'worker-nodes', workerNodes],
  ] as const;
  for (const [input, count, list, { length }] of sides) {
    if (count !== undefined && count > length) {
      const hint = 'the lists that are given are the cluster: leave both out to have it discovered';
      reader.take(input, refuse(`at most as many as ${list} has, which is ${length}`, `${count}`, hint));
    }
  }
}
