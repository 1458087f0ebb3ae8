import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MachineService } from '../../sim/gen/machine/machine_pb.ts';
import { catalogue } from '../../src/gate/catalogue.ts';
import type { Finding } from '../../src/gate/finding.ts';
import { parseOptions } from '../../src/inputs/options.ts';
import { type ProxyServer, startProxy } from '../builders/proxy-server.ts';
import { ofEachNode, type RecordedNode, startRecorded, written } from '../builders/recorded-nodes.ts';
import { type RecordedCall, recorded, recordedCall } from '../fixtures/recorded.ts';
import { observeWith } from './simulated.ts';

const calls = (file: string, names: RegExp): readonly RecordedCall[] =>
  recorded(file).filter(({ name }) => names.test(name));

/** What is a machine's own, and says nothing of another one. */
const own = /Identity|Affiliates|Members|Nodename|Etcd/;

/** What a machine of the same version, in a container as all of them, says of its equipment. */
const equipment = (file: string): readonly RecordedCall[] =>
  recorded(file).filter(({ name }) => !own.test(name) && !name.endsWith('KubePrism'));

const several = (name: string, node: string): readonly RecordedCall[] => {
  const call = ofEachNode(recordedCall('healthy', name)).get(node);
  return call === undefined ? [] : [call];
};

/** What a machine of the cluster without Kubernetes answered, where several were asked at once or it was asked itself. */
const itself = (address: string): readonly RecordedCall[] => [
  ...['reader-Version-nodes-all', 'reader-ServiceList-nodes-all', 'reader-Memory-nodes-all'].flatMap((name) =>
    several(name, address),
  ),
  ...several('reader-EtcdStatus-nodes-cps', address),
  ...recorded('healthy').filter(
    ({ endpoint, request_metadata: { node } = {} }) =>
      endpoint.startsWith('10.77.0.11:') && [node].flat().join() === address,
  ),
];

/** What only the first control plane was asked is the same on each. */
const ofControlPlane = (address: string): RecordedNode => ({
  address,
  calls: [
    ...itself(address),
    ...calls(
      'healthy',
      address === '10.77.0.11' ? /^reader-(?!worker|.*-nodes?-)/ : /^reader-(?!worker|.*-nodes?-|Get-Nodename)/,
    ),
    ...equipment('more-1.14'),
  ],
});

const ofWorker = (address: string): RecordedNode => ({
  address,
  calls: [
    ...itself(address),
    ...calls('healthy', /^reader-(worker-.*|Get-TimeStatus|List-Diagnostics)$/),
    ...equipment('more-1.14'),
  ],
});

const { method } = MachineService;

/** A single member, by the id and the name that its status and its configuration have. */
const onlyMember = (id: bigint, hostname: string, address: string): RecordedCall =>
  written(
    method.etcdMemberList,
    { queryLocal: true },
    { messages: [{ members: [{ id, hostname, peerUrls: [`https://${address}:2380`] }] }] },
  );

interface Recording {
  readonly title: string;
  readonly nodes: readonly [RecordedNode, ...RecordedNode[]];
  readonly inputs?: Readonly<Record<string, string>>;
  /** Checks that are open in what was recorded, with all that they block. */
  readonly open?: readonly string[];
  /** What the gate asks for and nobody recorded. */
  readonly missing: RegExp;
}

/** Recorded in containers, on one machine: resources that no version has there are `NOT_FOUND` or none. */
const recordings: readonly Recording[] = [
  {
    title: 'v1.13.9 with Kubernetes',
    nodes: [
      { address: '10.77.0.51', calls: [...calls('k8s-two-nodes', /^k1-/), ...recorded('more-1.13.9')] },
      {
        address: '10.77.0.52',
        calls: [...calls('k8s-two-nodes', /^k2-/), ...equipment('more-1.13.9')],
      },
    ],
    missing: /LinkStatuses|10\.77\.0\.52 Get (Identities|KubePrismStatuses)/,
  },
  {
    title: 'v1.14.0-beta.1 without Kubernetes',
    nodes: [
      ofControlPlane('10.77.0.11'),
      ofControlPlane('10.77.0.12'),
      ofControlPlane('10.77.0.13'),
      ofWorker('10.77.0.21'),
    ],
    missing: /LinkStatuses|LVM|Identities|KubePrismStatuses|\.kubernetes\.talos\.dev|EPHEMERAL/,
  },
  {
    title: 'v1.14.0-rc.1 whose kubelet has not registered yet',
    nodes: [
      {
        address: '10.77.0.71',
        calls: [
          ...recorded('k8s-apiserver-ready-kubelet-not-registered'),
          ...recorded('more-1.14'),
          onlyMember(9983701170633708278n, 'k9', '10.77.0.71'),
          ...calls('healthy', /^reader-(Version|Memory|EtcdAlarmList|List-Diagnostics)$/),
        ],
      },
    ],
    // Without static pods, nor a way to its API server, nothing is known of that.
    open: ['api-server-ready'],
    missing: /LinkStatuses|LVM|KubeletStatuses/,
  },
  {
    // Its etcd has 344 entries: no API server has ever used it, which is why KubePrism reaches none.
    title: 'v1.9.6 without an API server',
    nodes: [
      {
        address: '10.77.0.61',
        calls: [
          ...recorded('more-1.9.6'),
          onlyMember(11682823743081900661n, 'e1', '10.77.0.61'),
          written(
            method.version,
            {},
            { messages: [{ version: { tag: 'v1.9.6' }, platform: { name: 'container', mode: 'container' } }] },
          ),
          ...calls('healthy', /^reader-(ServiceList|Memory|EtcdAlarmList|List-Diagnostics|Get-MachineStatus)$/),
        ],
      },
    ],
    inputs: { 'control-plane-nodes': '10.77.0.61' },
    // The other three machines are discovered, and nothing of them was recorded.
    open: ['topology'],
    missing: /LinkStatuses|LVM|\.kubernetes\.talos\.dev/,
  },
];

/** The API servers of the recorded clusters are not there: nobody gets to them from here. */
let proxy: ProxyServer;
before(async () => {
  proxy = await startProxy({ refuse: 403 });
});
after(() => proxy[Symbol.asyncDispose]());

async function judge(
  { nodes, inputs }: Recording,
  profile: string,
): Promise<{ readonly findings: readonly Finding[]; readonly missing: ReadonlySet<string> }> {
  await using endpoint = await startRecorded(nodes);
  const { talosconfig, missing } = endpoint;
  const parsed = await parseOptions(
    { talosconfig, profile, 'rpc-timeout': '3s', checks: 'api-server-endpoint: skip', ...inputs },
    {
      env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: '127.0.0.1' },
      readFile: () => Promise.reject(new Error('no file is read')),
      homedir: () => '/',
      mask: () => undefined,
    },
    catalogue,
  );
  assert.ok(parsed.ok, JSON.stringify(parsed));
  const { findings } = await observeWith(parsed.value);
  return { findings, missing };
}

const lines = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ check, node = '', status, message }) => `${status} ${check} ${node}: ${message}`);

for (const recording of recordings) {
  describe(`recorded nodes of ${recording.title}`, () => {
    for (const profile of ['default', 'strict']) {
      test(`no finding but pass and skip with the profile ${profile}`, async () => {
        const { findings, missing } = await judge(recording, profile);
        const { open = [] } = recording;
        // What is blocked is so by a finding that is open itself.
        const loud = findings.filter(({ status }) => status === 'warn' || status === 'pending' || status === 'fail');
        const isOpen = ({ check }: Finding): boolean => open.includes(check);
        assert.deepEqual(lines(loud.filter((finding) => !isOpen(finding))), []);
        assert.equal(loud.filter(isOpen).length, open.length);
        assert.deepEqual(
          [...missing].filter((question) => !recording.missing.test(question)),
          [],
        );
      });
    }
  });
}
