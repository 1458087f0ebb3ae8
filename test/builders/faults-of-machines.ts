import type { EndpointSnapshot } from '../../src/observe/snapshot.ts';
import {
  all,
  type Fault,
  facetFailed,
  onNode,
  serviceIs,
  stage,
  unmet,
  unreachable,
  withoutService,
} from './faults.ts';
import type { SingleFault } from './single-faults.ts';
import { failed, now, ok } from './snapshot.ts';

const MiB = 1024 * 1024;

const everyNodeUnreachable = (
  kind: 'wrong-ca' | 'client-certificate-expired' | 'no-forwarding' | 'not-authorized',
): Fault =>
  all(
    ...['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'].map((name) =>
      unreachable(name, { kind, layer: kind === 'wrong-ca' ? 'endpoint' : 'caller' }),
    ),
  );

/** All endpoints are in this state, and no node answers. */
const endpointsAre = (
  endpoint: Omit<EndpointSnapshot, 'endpoint'>,
  kind: Parameters<typeof everyNodeUnreachable>[0],
): Fault =>
  all(everyNodeUnreachable(kind), (snapshot) => ({
    ...snapshot,
    endpoints: snapshot.endpoints.map((before) => ({ endpoint: before.endpoint, ...endpoint })),
  }));

const { error: wrongCa } = failed({ kind: 'wrong-ca', layer: 'endpoint' });
const { error: withoutRole } = failed({ kind: 'not-authorized', layer: 'caller', message: 'not authorized' });

export const machineFaults: readonly SingleFault[] = [
  {
    name: 'node id not answered',
    check: 'identity',
    node: 'worker-1',
    fault: facetFailed('worker-1', 'identity'),
  },
  {
    name: 'talosconfig of another cluster',
    check: 'credentials',
    fault: endpointsAre({ state: 'failed', failure: wrongCa }, 'wrong-ca'),
  },
  {
    name: 'certificate without a role',
    check: 'credentials',
    fault: endpointsAre({ state: 'failed', failure: withoutRole }, 'not-authorized'),
  },
  {
    name: 'expired certificate',
    check: 'credentials',
    fault: all(endpointsAre({ state: 'failed', failure: wrongCa }, 'client-certificate-expired'), (snapshot) => ({
      ...snapshot,
      credentials: { ...snapshot.credentials, notAfter: now - 1 },
    })),
  },
  { name: 'workers as endpoints', check: 'topology', fault: endpointsAre({ state: 'worker' }, 'no-forwarding') },
  {
    name: 'discovery not answered',
    check: 'topology',
    fault: (snapshot) => ({ ...snapshot, discovery: failed() }),
  },
  { name: 'dead worker', check: 'api-reachable', node: 'worker-1', fault: unreachable('worker-1') },
  { name: 'dead control plane', costsVote: true, check: 'api-reachable', node: 'cp-2', fault: unreachable('cp-2') },
  {
    name: 'node in maintenance',
    check: 'api-reachable',
    node: 'worker-2',
    fault: unreachable('worker-2', { kind: 'wrong-ca' }),
  },
  { name: 'booting worker', check: 'boot-finished', node: 'worker-1', fault: stage('worker-1', 'booting') },
  {
    name: 'control plane that waits for bootstrap',
    costsVote: true,
    check: 'boot-finished',
    node: 'cp-3',
    fault: all(
      stage('cp-3', 'booting', { name: 'services', reason: 'kubelet not running, etcd not running' }),
      serviceIs('cp-3', 'etcd', { state: 'Preparing', health: 'unknown', lastEvent: 'Running pre state' }),
      serviceIs('cp-3', 'kubelet', { state: 'Preparing', health: 'unknown', lastEvent: 'Running pre state' }),
      onNode('cp-3', () => ({
        staticPods: ok([]),
        staticPodStatuses: ok([]),
        nodeStatuses: ok([]),
        apiServer: failed({ kind: 'refused' }),
      })),
      onNode('cp-3', () => ({ etcdMembers: failed(), etcdStatus: failed(), etcdAlarms: failed() })),
    ),
  },
  { name: 'shutting down', check: 'boot-finished', node: 'cp-1', fault: stage('cp-1', 'shutting down') },
  {
    name: 'machine status not answered',
    check: 'boot-finished',
    node: 'worker-1',
    fault: facetFailed('worker-1', 'machineStatus'),
  },
  {
    name: 'time not synchronised',
    check: 'machine-ready',
    node: 'worker-2',
    fault: unmet('worker-2', 'time', 'time is not synced'),
  },
  { name: 'unknown condition', check: 'machine-ready', node: 'cp-2', fault: unmet('cp-2', 'moon', 'not full') },
  {
    name: 'not ready without a reason',
    check: 'machine-ready',
    node: 'worker-1',
    fault: onNode('worker-1', () => ({ machineStatus: ok({ stage: 'running', ready: false, unmetConditions: [] }) })),
  },
  {
    name: "worker's kubelet failed",
    check: 'services',
    node: 'worker-1',
    fault: all(
      serviceIs('worker-1', 'kubelet', { state: 'Failed', health: 'unknown', lastEvent: 'Failed to run pre stage' }),
      stage(
        'worker-1',
        'running',
        { name: 'services', reason: 'kubelet not running' },
        { name: 'nodeReady', reason: 'node "worker-1" status is not available yet' },
      ),
      onNode('worker-1', () => ({ nodeStatuses: ok([]) })),
    ),
  },
  {
    name: "control plane's kubelet stopped",
    check: 'services',
    node: 'cp-2',
    fault: all(
      serviceIs('cp-2', 'kubelet', { state: 'Finished', health: 'unknown' }),
      onNode('cp-2', () => ({ staticPodStatuses: ok([]) })),
    ),
  },
  {
    name: 'kubelet unhealthy, its reports stale',
    check: 'services',
    node: 'cp-3',
    fault: serviceIs('cp-3', 'kubelet', { health: 'unhealthy' }),
  },
  {
    name: 'kubelet not in the list',
    check: 'services',
    node: 'worker-2',
    fault: withoutService('worker-2', 'kubelet'),
  },
  { name: 'trustd missing', check: 'services', node: 'cp-1', fault: withoutService('cp-1', 'trustd') },
  {
    name: 'extension failed',
    check: 'services',
    node: 'worker-1',
    fault: serviceIs('worker-1', 'ext-agent', { state: 'Failed', health: 'unknown' }),
  },
  {
    name: 'service not running only in the conditions of Talos',
    check: 'services',
    node: 'cp-2',
    fault: unmet('cp-2', 'services', 'ext-agent not running'),
  },
  { name: 'services not answered', check: 'services', node: 'cp-1', fault: facetFailed('cp-1', 'services') },
  {
    name: 'not enough memory',
    check: 'memory',
    node: 'cp-2',
    fault: onNode('cp-2', () => ({ memory: ok(512 * MiB) })),
  },
  { name: 'memory size not answered', check: 'memory', node: 'worker-1', fault: facetFailed('worker-1', 'memory') },
  {
    name: 'small disk',
    check: 'disk',
    node: 'worker-1',
    fault: onNode('worker-1', () => ({ ephemeral: ok({ phase: 'ready', errorMessage: '', size: 3000 * MiB }) })),
  },
  { name: 'no volume', check: 'disk', node: 'cp-1', fault: facetFailed('cp-1', 'ephemeral', { kind: 'not-found' }) },
  {
    name: 'diagnostic',
    check: 'diagnostics',
    node: 'worker-1',
    fault: onNode('worker-1', () => ({
      diagnostics: ok([{ id: 'address-overlap', message: 'addresses overlap', details: [] }]),
    })),
  },
];
