// A simulated cluster in a separate process, so that its CPU time is not counted
// as the gate's. Arguments: a folder, to which it writes the files of the clients,
// and the numbers of control planes and workers. It then executes commands.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FaultHandle, startCluster } from '../../sim/cluster.ts';
import { parseTalosconfig } from '../../src/credentials/talosconfig.ts';
import type { Command } from './cluster.ts';

const [folder = '.', controlPlanes = '3', workers = '2'] = process.argv.slice(2);
// Long enough that the health check of etcd in Talos does not affect the measurement.
const cluster = await startCluster({
  controlPlanes: Number(controlPlanes),
  workers: Number(workers),
  etcdHealthLagMs: 60_000,
});
let fault: FaultHandle | undefined;

/** Executes a command, and returns when it began, in epoch milliseconds. */
async function execute(command: Command): Promise<number> {
  switch (command.do) {
    case 'latency':
      cluster.latency = command.milliseconds;
      return Date.now();
    case 'fault':
      fault = await cluster.fault(command.name, command.node, command.args);
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
if (!parsed.ok || parsed.value.login.kind !== 'certificate') {
  throw new Error('the simulated talosconfig cannot be used');
}
const { ca, crt, key } = parsed.value.login;
const nodes = cluster.nodes.map(({ address, role }) => ({ address, role }));
writeFileSync(join(folder, 'floor.json'), JSON.stringify({ endpoint: cluster.endpoints[0], ca, crt, key, nodes }));

process.on('message', (command: Command) => {
  void execute(command).then((at) => process.connected && process.send?.(at));
});
process.send?.(Date.now());
