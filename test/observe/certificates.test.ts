import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import { having, observeOnce } from '../gate/simulated.ts';

test('certificates: the servers of a simulated cluster show theirs', async () => {
  await using cluster = await startCluster({ workers: 1 });
  const messageOf = async (): Promise<string> => {
    const { findings } = await observeOnce(cluster);
    assert.deepEqual(having(findings, 'pending', 'fail'), []);
    const found = findings.find(({ check }) => check === 'certificates');
    return `${found?.status}: ${found?.message}`;
  };
  assert.match(await messageOf(), /^pass: 6 certificates, /);
  const apidFault = await cluster.fault('apid-certificate-expiring', 'cp-1');
  assert.match(await messageOf(), /^warn: the certificate of apid at [\d.:]+ expires at /);
  await apidFault.heal();
  await cluster.fault('apiserver-certificate-expiring', 'cp-3');
  assert.match(await messageOf(), /^warn: the certificate of kube-apiserver of cp-3 expires at /);
});
