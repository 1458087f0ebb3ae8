import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { ResourceSchema } from '../../src/gen/cosi/resource/resource_pb.ts';
import { KubespanPeerState, PeerStatusSpecSchema } from '../../src/gen/talos/resource/definitions/definitions_pb.ts';
import type { NodeSnapshot } from '../../src/observe/snapshot.ts';
import { type KubeSpanPeer, kubeSpanPeerStatuses } from '../../src/talos/resources/kubespan.ts';
import { findingLine } from '../builders/evaluate.ts';
import { type Fault, facetFailed, onEveryNode, onNode, unreachable, withFaults } from '../builders/faults.ts';
import { healthySnapshot, now, ok } from '../builders/snapshot.ts';

const machines = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'];

const peer = (label: string, overrides: Partial<KubeSpanPeer> = {}): KubeSpanPeer => ({
  id: `key of ${label}`,
  label,
  state: 'up',
  lastHandshakeAt: now - 60_000,
  ...overrides,
});

/** KubeSpan is enabled, and all is well. */
const mesh: Fault = onEveryNode(({ node }) => ({
  kubeSpanPeers: ok(machines.filter((name) => name !== node.name).map((name) => peer(name))),
}));

const peerIs = (on: string, label: string, overrides: Partial<KubeSpanPeer>): Fault =>
  onNode(on, ({ kubeSpanPeers }) => ({
    kubeSpanPeers: ok(
      (kubeSpanPeers.ok ? kubeSpanPeers.value : []).map((one) =>
        one.label === label ? { ...one, ...overrides } : one,
      ),
    ),
  }));

const hasAlso =
  (one: KubeSpanPeer) =>
  ({ kubeSpanPeers }: NodeSnapshot) => ({
    kubeSpanPeers: ok([...(kubeSpanPeers.ok ? kubeSpanPeers.value : []), one]),
  });

const without = (on: string, label: string): Fault =>
  onNode(on, ({ kubeSpanPeers }) => ({
    kubeSpanPeers: ok((kubeSpanPeers.ok ? kubeSpanPeers.value : []).filter((one) => one.label !== label)),
  }));

const of = (node: string, ...faults: readonly Fault[]): string =>
  findingLine(withFaults(healthySnapshot(), ...faults), 'kubespan', node);

for (const [name, faults, expected] of [
  ['it is not enabled', [onEveryNode(() => ({ kubeSpanPeers: ok([]) }))], /^skip: KubeSpan is not enabled$/],
  ['all peers are up', [mesh], /^pass: 4 peers, all up$/],
  ['a peer is down', [mesh, peerIs('cp-1', 'worker-1', { state: 'down' })], /^pending: the peer worker-1 is down$/],
  [
    'a peer was never reached',
    [mesh, onNode('cp-1', () => ({ kubeSpanPeers: ok([{ id: 'a', label: 'worker-1', state: 'unknown' }]) }))],
    /^pending: the peer worker-1 has not been reached yet; the peer cp-2 is no peer, and has this node as one; /,
  ],
  [
    'a handshake is old',
    [mesh, peerIs('cp-1', 'cp-3', { lastHandshakeAt: now - 7.5 * 60_000 })],
    /^pending: the peer cp-3 had its last handshake 6 minutes before the others$/,
  ],
  ['a handshake is five minutes old', [mesh, peerIs('cp-1', 'cp-3', { lastHandshakeAt: now - 300_000 })], /^pass: /],
  [
    'a machine has it as a peer, and it has not',
    [mesh, without('cp-1', 'worker-2')],
    /^pending: the peer worker-2 is no peer, and has this node as one$/,
  ],
  ['only the other direction is down', [mesh, peerIs('worker-1', 'cp-1', { state: 'down' })], /^pass: /],
  [
    'the peer does not answer at all',
    [mesh, peerIs('cp-1', 'worker-1', { state: 'down' }), unreachable('worker-1')],
    /^blocked by api-reachable worker-1: /,
  ],
  [
    'of two peers that are down, one answers',
    [
      mesh,
      peerIs('cp-1', 'worker-1', { state: 'down' }),
      peerIs('cp-1', 'worker-2', { state: 'down' }),
      unreachable('worker-1'),
    ],
    /^pending: the peer worker-1 is down; the peer worker-2 is down$/,
  ],
  [
    'its only trouble is with a machine that others miss too',
    [
      mesh,
      peerIs('cp-1', 'worker-1', { state: 'down' }),
      peerIs('worker-1', 'cp-1', { state: 'down' }),
      peerIs('worker-1', 'cp-2', { state: 'down' }),
    ],
    /^blocked by kubespan worker-1: the peer worker-1 is down$/,
  ],
  [
    'two machines miss each other',
    [mesh, peerIs('cp-1', 'worker-1', { state: 'down' }), peerIs('worker-1', 'cp-1', { state: 'down' })],
    /^pending: the peer worker-1 is down$/,
  ],
  [
    'the only peer that is down is no node of the cluster',
    [mesh, onNode('cp-1', hasAlso(peer('gone', { state: 'down' })))],
    /^warn: the peer gone is down, and is no node of the cluster$/,
  ],
  [
    'two are down, and one of them is a node',
    [mesh, peerIs('cp-1', 'cp-2', { state: 'down' }), onNode('cp-1', hasAlso(peer('gone', { state: 'down' })))],
    /^pending: the peer cp-2 is down; the peer gone is down, and is no node of the cluster$/,
  ],
  [
    'a peer that is down has no name',
    [mesh, onNode('cp-1', hasAlso(peer('', { state: 'down' })))],
    /^pending: the peer key of is down$/,
  ],
  [
    'a machine was installed anew, and its old key is still listed',
    [mesh, onNode('cp-1', hasAlso(peer('cp-2', { id: 'old', state: 'down' })))],
    /^pass: 5 peers, all up$/,
  ],
  [
    'the clock is behind, and with it all handshakes',
    [
      onEveryNode(() => ({
        kubeSpanPeers: ok(machines.map((name) => peer(name, { lastHandshakeAt: now - 660_000 }))),
      })),
    ],
    /^pass: /,
  ],
  [
    'the version of Talos does not tell',
    [facetFailed('cp-1', 'kubeSpanPeers', { kind: 'not-authorized', message: 'not authorized' })],
    /^skip: this version of Talos does not expose the peers of KubeSpan to a reader: not authorized$/,
  ],
] as const satisfies readonly (readonly [string, readonly Fault[], RegExp])[]) {
  test(`kubespan: ${name}`, () => assert.match(of('cp-1', ...faults), expected));
}

test('kubespan: of two machines that miss each other, neither explains the other because of a third that has left', () => {
  const faults = [
    mesh,
    peerIs('cp-1', 'worker-1', { state: 'down' }),
    peerIs('worker-1', 'cp-1', { state: 'down' }),
    onEveryNode(hasAlso(peer('gone', { state: 'down' }))),
  ];
  assert.match(of('cp-1', ...faults), /^pending: the peer worker-1 is down; the peer gone is down/);
  assert.match(of('worker-1', ...faults), /^pending: the peer cp-1 is down; the peer gone is down/);
});

test('kubespan: of many peers that are down, five are named', () => {
  const many = Array.from({ length: 8 }, (_, index) => peer('', { id: `m${index}`, state: 'down' }));
  assert.match(
    of(
      'cp-1',
      onNode('cp-1', () => ({ kubeSpanPeers: ok(many) })),
    ),
    /m4 is down; and 3 more$/,
  );
});

test('a peer of KubeSpan is decoded, from protobuf and from YAML', () => {
  const seconds = BigInt(now / 1000);
  const protoSpec = toBinary(
    PeerStatusSpecSchema,
    create(PeerStatusSpecSchema, {
      label: 'cp-2',
      state: KubespanPeerState.PEER_STATE_DOWN,
      lastHandshakeTime: { seconds },
    }),
  );
  const decode = (spec: { protoSpec: Uint8Array } | { yamlSpec: Uint8Array }) =>
    kubeSpanPeerStatuses.decode(create(ResourceSchema, { metadata: { id: 'key=' }, spec }));
  const expected = { id: 'key=', label: 'cp-2', state: 'down', lastHandshakeAt: now };
  assert.deepEqual(decode({ protoSpec }), expected);
  const yaml = `label: cp-2\nstate: down\nlastHandshakeTime: "${new Date(now).toISOString()}"\n`;
  assert.deepEqual(decode({ yamlSpec: Buffer.from(yaml) }), expected);
  const never = 'label: cp-2\nstate: unknown\nlastHandshakeTime: "0001-01-01T00:00:00Z"\n';
  assert.deepEqual(decode({ yamlSpec: Buffer.from(never) }), { id: 'key=', label: 'cp-2', state: 'unknown' });
});
