import assert from 'node:assert/strict';
import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { rolesOf } from '../../sim/api/roles.ts';
import { State } from '../../sim/gen/cosi/resource/resource_pb.ts';
import { MachineService, type VersionResponseSchema } from '../../sim/gen/machine/machine_pb.ts';
import { TimeService } from '../../sim/gen/time/time_pb.ts';
import { Listener } from '../../sim/node/listener.ts';
import { secure } from '../../sim/node/secure.ts';
import { type Answer, NodeServer } from '../../sim/node/server.ts';
import { Authorities } from '../../sim/pki/authorities.ts';
import { StatusError, type StatusName } from '../../sim/status.ts';
import { answerBytes, type RecordedCall } from '../fixtures/recorded.ts';

/** A real node of which calls were recorded. */
export interface RecordedNode {
  /** As its cluster knows it. */
  readonly address: string;
  /** Of several calls that ask for the same, the first one counts. */
  readonly calls: readonly RecordedCall[];
}

/** An endpoint that answers with the recorded bytes: for itself, which is the first node, and for those behind it. */
export interface RecordedEndpoint extends AsyncDisposable {
  /** Of an os:reader. */
  readonly talosconfig: string;
  /** What was asked for and is not among the calls, as `10.77.0.51 List Links.net.talos.dev`. */
  readonly missing: ReadonlySet<string>;
}

/** The same in the form of a recorded call, for what was not recorded. */
export function written<Input extends DescMessage, Output extends DescMessage>(
  method: Pick<DescMethod, 'name' | 'parent'> & { readonly input: Input; readonly output: Output },
  request: MessageInitShape<Input>,
  answer: MessageInitShape<Output>,
): RecordedCall {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return {
    name: `written-${method.name}`,
    method: `/${method.parent.typeName}/${method.name}`,
    endpoint: '',
    request: base64(toBinary(method.input, create(method.input, request))),
    code: 'OK',
    answers: [{ at_ms: 0, base64: base64(toBinary(method.output, create(method.output, answer))) }],
  };
}

/** One call for each node of a call to several: its part of the answer, as the node alone gives it. */
export function ofEachNode(call: RecordedCall): ReadonlyMap<string, RecordedCall> {
  const method = methods.get(call.method);
  assert.ok(method !== undefined && method.parent !== State, `${call.method} is not asked of several nodes`);
  const output = method.output as typeof VersionResponseSchema;
  const [bytes = new Uint8Array()] = answerBytes(call);
  return new Map(
    fromBinary(output, bytes).messages.map(({ metadata, ...message }) => {
      const alone = toBinary(output, create(output, { messages: [message] }));
      const answers = [{ at_ms: 0, base64: Buffer.from(alone).toString('base64') }];
      return [metadata?.hostname ?? '', { ...call, answers }] as const;
    }),
  );
}

const methods: ReadonlyMap<string, DescMethod> = new Map(
  [MachineService, State, TimeService].flatMap((service) =>
    service.methods.map((method): [string, DescMethod] => [`/${service.typeName}/${method.name}`, method]),
  ),
);

/** What a call asks for: its method, and the type and the id of resources. */
function questionOf(path: string, request: Uint8Array): string {
  const method = methods.get(path);
  if (method === undefined) {
    throw new Error(`no recorded node knows ${path}`);
  }
  const fields = method.parent === State ? toJson(method.input, fromBinary(method.input, request)) : {};
  const { type, id } = fields as { readonly type?: string; readonly id?: string };
  return [method.name, type, id].filter((part) => part !== undefined).join(' ');
}

/** `NOT_FOUND` of `NotFound`, in which some of the calls have it. */
const statusOf = (code: string): StatusName => code.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase() as StatusName;

async function* replay(call: RecordedCall): AsyncIterable<Uint8Array> {
  yield* answerBytes(call);
  if (call.code !== 'OK') {
    throw new StatusError(statusOf(call.code), call.message ?? '');
  }
}

/** Listens on the loopback interface, with the TLS of Talos. */
export async function startRecorded(nodes: readonly [RecordedNode, ...RecordedNode[]]): Promise<RecordedEndpoint> {
  const recorded = new Map(
    nodes.map(({ address, calls }) => [
      address,
      new Map(
        calls.toReversed().map((call) => [questionOf(call.method, Buffer.from(call.request, 'base64')), call] as const),
      ),
    ]),
  );
  const missing = new Set<string>();
  const answer: Answer = async function* ({ path, metadata, request }) {
    const address = String(metadata.get('node')[0] ?? nodes[0].address);
    const question = questionOf(path, request);
    const known = recorded.get(address);
    const [, type] = question.split(' ');
    const list = known?.get(`List ${type}`);
    // A type whose list is refused is refused as a whole.
    const call = known?.get(question) ?? (list?.code === 'OK' ? undefined : list);
    if (call === undefined) {
      missing.add(`${address} ${question}`);
      // As of a type of which the node has no resource.
      if (path.endsWith('/List')) {
        return;
      }
      throw new StatusError('NOT_FOUND', `${question} was not recorded`);
    }
    yield* replay(call);
  };
  const authorities = new Authorities(Date.now);
  const server = new NodeServer([...methods.keys()], answer, (peer) => rolesOf(peer?.subject.O));
  const { cluster } = authorities;
  const identity = cluster.server('recorded', ['127.0.0.1']);
  const accept = secure({ identity, clientCa: cluster.certificate, now: Date.now }, (socket) => server.accept(socket));
  const listener = new Listener('127.0.0.1', 0, accept);
  await listener.set('open');
  return {
    talosconfig: authorities.talosconfig('recorded', 'os:reader', { endpoints: [`127.0.0.1:${listener.port}`] }),
    missing,
    [Symbol.asyncDispose]: async () => {
      server.stop();
      await listener.set('closed');
    },
  };
}
