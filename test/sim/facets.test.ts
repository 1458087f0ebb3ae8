import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { concerns, type NodeFacetName, nodeFacet, nodeFacetNames } from '../../src/observe/facets/table.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { observeOnce } from '../gate/simulated.ts';

let cluster: SimulatedCluster;
let snapshot: Snapshot;
before(async () => {
  cluster = await startCluster();
  ({ snapshot } = await observeOnce(cluster, { facets: nodeFacetNames }));
});
after(() => cluster.stop());

for (const name of nodeFacetNames) {
  test(`a healthy simulated cluster answers ${name}`, () => {
    const concerned = snapshot.nodes.filter(({ node }) => concerns(name, node.role));
    assert.ok(concerned.length > 0);
    assert.deepEqual(
      concerned.map((node) => node[name].ok),
      concerned.map(() => true),
    );
  });

  test(`what implies ${name} is asked before it`, () => {
    const from = nodeFacet(name).implied?.from as NodeFacetName | undefined;
    assert.ok(from === undefined || nodeFacetNames.indexOf(from) < nodeFacetNames.indexOf(name));
  });
}
