// The background process of scripts/simulate.ts, which has checked the arguments.
import { writeFileSync } from 'node:fs';
import { startCluster } from '../../sim/cluster.ts';
import { paths } from './files.ts';
import { parseOptions } from './options.ts';

const lifetimeMs = 3_600_000;

const options = parseOptions(process.argv.slice(2));
if (options !== 'help') {
  const { folder, controlPlanes, workers, vip, ports, fault, role, omni } = options;
  const scenario = { controlPlanes, workers, vip, omni: omni !== undefined };
  const cluster = await startCluster(scenario, ports ? { mode: 'ports' } : {});
  if (fault !== undefined) await cluster.fault(fault.name, fault.node, fault.arguments);
  const { talosconfig, serviceAccountKey, ca } = paths(folder);
  const write = (path: string, text: string) => writeFileSync(path, text, { mode: 0o600 });
  write(talosconfig, cluster.omni?.talosconfig() ?? cluster.talosconfig(role));
  if (cluster.omni !== undefined && omni !== undefined) {
    write(serviceAccountKey, cluster.omni.createAccount('ci', { role: omni }).encoded);
    write(ca, cluster.omni.ca);
  }
  process.send?.('ready');
  setTimeout(() => process.exit(), lifetimeMs);
}
