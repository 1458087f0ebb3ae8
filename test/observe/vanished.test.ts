import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import { registry } from '../../src/checks/registry.ts';
import { wantedFacets } from '../../src/checks/wanted-facets.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import { openChannels } from '../../src/observe/endpoints/channels.ts';
import { openEndpointPool } from '../../src/observe/endpoints/pool.ts';
import { kubernetesFacetNames } from '../../src/observe/facets/kubernetes.ts';
import { openKubernetes } from '../../src/observe/kubernetes/observer.ts';
import { openObserver } from '../../src/observe/observer.ts';
import { having, optionsFor } from '../gate/simulated.ts';

test('a machine that discovery no longer lists still counts, with a note', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 2 });
  const options = await optionsFor(cluster, {});
  using channels = openChannels(options.endpoints, options.context);
  using kubernetes = openKubernetes(options, () => undefined, new Set(kubernetesFacetNames));
  const observer = openObserver(openEndpointPool(channels), options, kubernetes, wantedFacets(registry, options));
  const round = () =>
    observer.round({
      rpcTimeout: options.rpcTimeout,
      deadline: Number.POSITIVE_INFINITY,
      signal: new AbortController().signal,
      now: Date.now,
    });
  assert.equal((await round()).cluster.nodes.length, 3);
  await cluster.leave('worker-2');
  const { cluster: members, ...snapshot } = await round();
  assert.deepEqual(members.notes, ['discovery named worker-2 before, and no longer does']);
  const judged = (given: typeof options) => evaluate({ ...snapshot, cluster: members }, given);
  assert.deepEqual(having(judged(options), 'pending', 'fail'), ['api-reachable@worker-2']);
  const findings = judged({ ...options, expected: { workers: 1 } });
  assert.deepEqual(having(findings, 'pending', 'fail'), []);
  assert.equal(
    findings.find(({ check }) => check === 'expected-nodes')?.message,
    '1 control plane and 1 worker; worker-2 no longer listed by discovery, without an answer, and taken for gone',
  );
});
