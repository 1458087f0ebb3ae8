// The lower bound of any gate: the calls of one healthy round with a bare node:http2 client. It gets
// the nodes from a file, and neither decodes nor evaluates the responses.
import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';

interface Target {
  readonly endpoint: string;
  readonly ca: string;
  readonly crt: string;
  readonly key: string;
  readonly nodes: readonly { readonly address: string; readonly role: string }[];
}

interface Request {
  readonly path: string;
  readonly body: Buffer;
  readonly node?: string;
}

/** As in the gate. */
const callsInFlight = 512;

/** Encodes a protobuf message of strings with field numbers from 1. Each is shorter than 128 bytes. */
function strings(...fields: readonly string[]): Buffer {
  return Buffer.concat(
    fields.map((field, index) => Buffer.from([((index + 1) << 3) | 2, field.length, ...Buffer.from(field)])),
  );
}

const machine = (method: string) => ({ path: `/machine.MachineService/${method}`, body: Buffer.alloc(0) });
const get = (...kind: readonly string[]) => ({ path: '/cosi.resource.State/Get', body: strings(...kind) });
const list = (...kind: readonly string[]) => ({ path: '/cosi.resource.State/List', body: strings(...kind) });

const members = list('cluster', 'Members.cluster.talos.dev');
const nodeCalls = [
  machine('Version'),
  machine('ServiceList'),
  machine('Memory'),
  get('runtime', 'MachineStatuses.runtime.talos.dev', 'machine'),
  get('runtime', 'VolumeStatuses.block.talos.dev', 'EPHEMERAL'),
  get('k8s', 'Nodenames.kubernetes.talos.dev', 'nodename'),
  list('runtime', 'Diagnostics.runtime.talos.dev'),
  list('k8s', 'NodeStatuses.kubernetes.talos.dev'),
  list('k8s', 'StaticPods.kubernetes.talos.dev'),
];
const controlPlaneCalls = [
  list('k8s', 'StaticPodStatuses.kubernetes.talos.dev'),
  machine('EtcdMemberList'),
  machine('EtcdStatus'),
  machine('EtcdAlarmList'),
];

/** Makes a call, and returns the number of bytes of the response. */
function call(session: ClientHttp2Session, { path, body, node }: Request): Promise<number> {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(body.length, 1);
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(node !== undefined && { node }),
    });
    let bytes = 0;
    let status: unknown;
    const read = (headers: Readonly<Record<string, unknown>>): void => {
      status = headers['grpc-status'] ?? status;
    };
    stream.on('response', read);
    stream.on('trailers', read);
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    stream.on('error', reject);
    stream.on('end', () => (status === '0' ? resolve(bytes) : reject(new Error(`${path} gave status ${status}`))));
    stream.end(Buffer.concat([frame, body]));
  });
}

const { endpoint, ca, crt, key, nodes }: Target = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const session = connect(`https://${endpoint}`, { ca, cert: crt, key, minVersion: 'TLSv1.3' });
const calls = nodes.flatMap(({ address, role }) =>
  [...nodeCalls, ...(role === 'controlplane' ? controlPlaneCalls : [])].map(
    (request): Request => ({ ...request, node: address }),
  ),
);
let received = await call(session, members);
let next = 0;
async function makeCalls(): Promise<void> {
  for (let request = calls[next++]; request !== undefined; request = calls[next++]) {
    const bytes = await call(session, request);
    received += bytes;
  }
}
await Promise.all(Array.from({ length: callsInFlight }, makeCalls));
session.close();
console.log(JSON.stringify({ calls: calls.length + 1, received }));
