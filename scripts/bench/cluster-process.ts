// A simulated cluster in a process of its own, so that its work is not taken
// for the gate's. Forked with a folder and the numbers of control planes and
// workers; it writes there what clients need, and then does what it is told.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FaultHandle, startCluster } from '../../sim/cluster.ts';
import { parseTalosconfig } from '../../src/credentials/talosconfig.ts';
import type { Order } from './cluster.ts';

const [folder = '.', controlPlanes = '3', workers = '2'] = process.argv.slice(2);
// etcd's own answers tell that it hangs long before Talos does, and heals must not be mixed up with that.
const cluster = await startCluster({
  controlPlanes: Number(controlPlanes),
  workers: Number(workers),
  etcdHealthLagMs: 60_000,
});
let fault: FaultHandle | undefined;

/** Epoch milliseconds at which the order began to be followed. */
async function follow(order: Order): Promise<number> {
  switch (order.do) {
    case 'latency':
      cluster.latency = order.milliseconds;
      return Date.now();
    case 'fault':
      fault = await cluster.fault(order.name, order.node, order.args);
      return Date.now();
    case 'heal': {
      const at = Date.now();
      await fault?.heal();
      return at;
    }
    case 'stop':
      await cluster.stop();
      process.disconnect();
      return Date.now();
  }
}

const talosconfig = cluster.talosconfig('os:reader');
writeFileSync(join(folder, 'talosconfig'), talosconfig);
const parsed = parseTalosconfig(talosconfig);
if (!parsed.ok) {
  throw new Error(`the simulated talosconfig cannot be read: ${JSON.stringify(parsed.error)}`);
}
const { ca, crt, key } = parsed.value;
const nodes = cluster.nodes.map(({ address, role }) => ({ address, role }));
writeFileSync(join(folder, 'floor.json'), JSON.stringify({ endpoint: cluster.endpoints[0], ca, crt, key, nodes }));

process.on('message', (order: Order) => {
  void follow(order).then((at) => process.connected && process.send?.(at));
});
process.send?.(Date.now());
