import assert from 'node:assert/strict';
import { type DescMessage, type DescMethod, fromBinary, type JsonValue, toJson } from '@bufbuild/protobuf';
import { load } from 'js-yaml';
import type { SimulatedCluster } from '../../sim/cluster.ts';
import { ClusterService } from '../../sim/gen/cluster/cluster_pb.ts';
import { State } from '../../sim/gen/cosi/resource/resource_pb.ts';
import { MachineService } from '../../sim/gen/machine/machine_pb.ts';
import { answerBytes, type RecordedCall } from '../fixtures/recorded.ts';
import { connect, nodeOf } from './client.ts';

/** Names and addresses of the recorded nodes, and who plays them. */
export type Cast = Readonly<Record<string, string>>;

export interface Played {
  readonly code: string;
  readonly message: string;
  /** What fields the answers have, whatever stands in them. */
  readonly fields: readonly string[];
}

const methods = new Map(
  [MachineService, State, ClusterService].flatMap((service) =>
    service.methods.map((method): [string, DescMethod] => [`/${service.typeName}/${method.name}`, method]),
  ),
);

/** What the recorded node answered, in the words of the simulated cluster. */
export function expected(call: RecordedCall, cluster: SimulatedCluster, cast: Cast): Played {
  const { output } = methodOf(call);
  return {
    code: call.code.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase(),
    message: translate(call.message ?? '', cluster, cast),
    fields: fieldsOf(output, answerBytes(call)),
  };
}

/** The same call to the simulated cluster. A watch is left after so many answers as were recorded. */
export async function replay(
  call: RecordedCall,
  cluster: SimulatedCluster,
  cast: Cast,
  timeoutMs: number,
): Promise<Played> {
  const method = methodOf(call);
  const through = cast[call.endpoint.replace(/:\d+$/, '')];
  assert.ok(through !== undefined, `nobody plays ${call.endpoint}`);
  using client = connect(cluster, 'os:reader', { through });
  const request = Buffer.from(call.request, 'base64');
  const toSimulated = (values: string | readonly string[] = []) =>
    [values].flat().map((value) => translate(value, cluster, cast));
  const { node, nodes } = call.request_metadata ?? {};
  const { code, message, messages } = await client.callBytes(call.method, request, {
    node: toSimulated(node),
    nodes: toSimulated(nodes),
    timeoutMs,
    until: (count) => method.name === 'Watch' && count === call.answers.length,
  });
  return { code, message, fields: fieldsOf(method.output, messages) };
}

function methodOf(call: RecordedCall): DescMethod {
  const method = methods.get(call.method);
  assert.ok(method !== undefined, `${call.method} is not simulated`);
  return method;
}

function translate(text: string, cluster: SimulatedCluster, cast: Cast): string {
  return Object.entries(cast).reduce(
    (current, [from, to]) => current.replaceAll(from, from.includes('.') ? nodeOf(cluster, to).address : to),
    text,
  );
}

function fieldsOf(schema: DescMessage, answers: readonly Uint8Array[]): readonly string[] {
  const all = answers.flatMap((bytes) => [...paths(withYaml(toJson(schema, fromBinary(schema, bytes))))]);
  return [...new Set(all)].sort();
}

/** The YAML of a specification is looked into; its protobuf only as being there. */
function withYaml(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withYaml);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, JsonValue] =>
    key === 'yamlSpec' && typeof inner === 'string'
      ? [key, JSON.parse(JSON.stringify(load(inner)))]
      : [key, withYaml(inner)],
  );
  return Object.fromEntries(entries);
}

function* paths(value: JsonValue, prefix = ''): Iterable<string> {
  if (Array.isArray(value)) {
    for (const inner of value) yield* paths(inner, `${prefix}[]`);
    if (value.length === 0) yield prefix;
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* paths(inner, `${prefix}.${key}`);
    if (Object.keys(value).length === 0) yield prefix;
  } else {
    yield prefix;
  }
}
