import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { FaultName } from '../../sim/faults/faults.ts';
import { isHealthy } from '../../src/gate/verdict.ts';
import { observeOnce } from './simulated.ts';

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster({ workers: 3 });
});
after(() => cluster.stop());
afterEach(() => cluster.healAll());

interface Row {
  readonly fault?: FaultName;
  /** Where the fault is. */
  readonly on?: string;
  readonly nodes: string;
  /** Absent: safe. */
  readonly because?: RegExp;
  /** Who asks; only an admin sees Kubernetes. */
  readonly role?: 'os:reader' | 'os:admin';
}

const rows: readonly Row[] = [
  { nodes: 'worker-1' },
  { nodes: 'cp-2' },
  { nodes: 'cp-2,worker-1', role: 'os:admin' },
  { nodes: 'worker-1,worker-2' },
  { nodes: 'worker-1,worker-2,worker-3', because: /no other worker remains that is ready/ },
  { nodes: 'cp-1,cp-2', because: /without cp-1 and cp-2: 1 of 3 voting members of etcd remain, and quorum needs 2/ },
  { nodes: 'worker-4', because: /worker-4 is no node of the cluster/ },
  { fault: 'node-dead', on: 'worker-2', nodes: 'worker-2' },
  { fault: 'node-dead', on: 'worker-2', nodes: 'worker-1', because: /worker-2 does not answer/ },
  { fault: 'node-dead', on: 'cp-2', nodes: 'cp-2' },
  { fault: 'node-dead', on: 'cp-2', nodes: 'cp-3', because: /without cp-3: 1 of 3 voting members/ },
  { fault: 'node-frozen', on: 'cp-1', nodes: 'cp-1' },
  { fault: 'etcd-hung', on: 'cp-2', nodes: 'cp-2' },
  { fault: 'etcd-hung', on: 'cp-2', nodes: 'cp-1', because: /etcd member cp-2: it gives no answer/ },
  {
    fault: 'etcd-behind',
    on: 'cp-3',
    nodes: 'cp-1',
    because: /etcd member cp-3: it is catching up: 900 entries behind/,
  },
  { fault: 'etcd-behind', on: 'cp-3', nodes: 'cp-3' },
  { fault: 'kubelet-failed', on: 'worker-1', nodes: 'worker-1' },
  { fault: 'kubelet-failed', on: 'worker-1', nodes: 'cp-1', because: /worker-1 is not Ready in Kubernetes/ },
  { fault: 'booting', on: 'worker-3', nodes: 'worker-1', because: /worker-3 is booting/ },
  { fault: 'booting', on: 'worker-3', nodes: 'worker-3', because: /worker-3 is booting: let it finish/ },
  { fault: 'node-cordoned', on: 'worker-2', nodes: 'worker-2', role: 'os:admin' },
  { fault: 'node-cordoned', on: 'worker-2', nodes: 'worker-1', because: /worker-2 is cordoned/ },
  { fault: 'apiserver-hangs', on: 'cp-3', nodes: 'cp-3' },
  {
    fault: 'coredns-budget',
    nodes: 'worker-1',
    because: /PodDisruptionBudget kube-system\/coredns lets none/,
    role: 'os:admin',
  },
  { fault: 'coredns-budget', nodes: 'worker-3', role: 'os:admin' },
  { fault: 'coredns-budget', nodes: 'worker-1' },
  {
    fault: 'pod-without-controller',
    on: 'worker-1',
    nodes: 'worker-1',
    because: /nothing would make kube-system\/debug-worker-1 again/,
    role: 'os:admin',
  },
  { fault: 'pod-without-controller', on: 'worker-1', nodes: 'worker-2', role: 'os:admin' },
  { fault: 'kubernetes-forbidden', nodes: 'worker-1', because: /cannot tell which pods would go/, role: 'os:admin' },
];

for (const { fault, on, nodes, because, role = 'os:reader' } of rows) {
  const what = fault === undefined ? 'a healthy cluster' : `${fault}${on === undefined ? '' : ` on ${on}`}`;
  test(`${what}: ${nodes} ${because === undefined ? 'may' : 'may not'} go down, says ${role}`, async () => {
    if (fault !== undefined) await cluster.fault(fault, on);
    const inputs = { 'safe-to-reboot': nodes, 'rpc-timeout': '1s' };
    const { findings } = await observeOnce(cluster, { role, inputs });
    const open = findings.filter(({ status }) => status === 'pending' || status === 'fail' || status === 'blocked');
    const words = open.map(({ check, node, message }) => `${check} ${node ?? ''}: ${message}`).join('\n');
    assert.equal(isHealthy(findings), because === undefined, words);
    assert.match(words, because ?? /^$/);
  });
}
