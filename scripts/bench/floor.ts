// The lower bound of any gate: the calls of one healthy round through a bare node:http2 client. It
// knows the nodes, decodes nothing, and evaluates nothing.
import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';

interface Target {
  readonly endpoint: string;
  readonly ca: string;
  readonly crt: string;
  readonly key: string;
  readonly nodes: readonly { readonly address: string; readonly role: string }[];
}

interface Call {
  readonly path: string;
  readonly body: Buffer;
  readonly node?: string;
}

/** As many as the gate has. */
const callsInFlight = 512;

/** A protobuf message of strings that are shorter than 128 bytes, numbered from 1. */
function strings(...fields: readonly string[]): Buffer {
  return Buffer.concat(
    fields.map((field, index) => Buffer.from([((index + 1) << 3) | 2, field.length, ...Buffer.from(field)])),
  );
}

const machine = (method: string) => ({ path: `/machine.MachineService/${method}`, body: Buffer.alloc(0) });
const get = (...kind: readonly string[]) => ({ path: '/cosi.resource.State/Get', body: strings(...kind) });
const list = (...kind: readonly string[]) => ({ path: '/cosi.resource.State/List', body: strings(...kind) });

const members = list('cluster', 'Members.cluster.talos.dev');
const ofEach = [
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
const ofControlPlanes = [
  list('k8s', 'StaticPodStatuses.kubernetes.talos.dev'),
  machine('EtcdMemberList'),
  machine('EtcdStatus'),
  machine('EtcdAlarmList'),
];

/** Gives the bytes of the answer; they are thrown away. */
function ask(session: ClientHttp2Session, { path, body, node }: Call): Promise<number> {
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
  [...ofEach, ...(role === 'controlplane' ? ofControlPlanes : [])].map((call): Call => ({ ...call, node: address })),
);
let received = await ask(session, members);
let next = 0;
async function askOn(): Promise<void> {
  for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
    const bytes = await ask(session, call);
    received += bytes;
  }
}
await Promise.all(Array.from({ length: callsInFlight }, askOn));
session.close();
console.log(JSON.stringify({ calls: calls.length + 1, received }));
