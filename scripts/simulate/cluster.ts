// The background process of scripts/simulate.ts, which has checked the arguments.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster } from '../../sim/cluster.ts';
import { parseOptions } from './options.ts';

const lifetimeMs = 3_600_000;

const options = parseOptions(process.argv.slice(2));
if (options !== 'help') {
  const { folder, controlPlanes, workers, vip, ports, fault, role } = options;
  const cluster = await startCluster({ controlPlanes, workers, vip }, ports ? { mode: 'ports' } : {});
  if (fault !== undefined) await cluster.fault(fault.name, fault.node, fault.arguments);
  writeFileSync(join(folder, 'talosconfig'), cluster.talosconfig(role), { mode: 0o600 });
  process.send?.('ready');
  setTimeout(() => process.exit(), lifetimeMs);
}
