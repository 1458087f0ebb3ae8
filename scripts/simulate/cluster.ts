// The background process of scripts/simulate.ts.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster } from '../../sim/cluster.ts';
import type { FaultArguments } from '../../sim/faults/fault.ts';
import { type FaultName, faults } from '../../sim/faults/faults.ts';

const lifetimeMs = 3_600_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fault: { type: 'string' },
    node: { type: 'string' },
    role: { type: 'string', default: 'os:reader' },
    ports: { type: 'boolean', default: false },
    vip: { type: 'boolean', default: false },
    with: { type: 'string', multiple: true, default: [] },
  },
});

const isFault = (name: string): name is FaultName => Object.hasOwn(faults, name);

/** Validates the name of a role. */
function role(name: string) {
  if (name === 'os:reader' || name === 'os:operator' || name === 'os:admin') return name;
  throw new Error(`--role: expected os:reader, os:operator or os:admin, got ${name}`);
}

/** The parameters of the fault, as `name=value`. */
function faultArguments(given: readonly string[]): FaultArguments {
  const pairs = given.map((parameter) => {
    const [name = '', ...value] = parameter.split('=');
    const text = value.join('=');
    return [name, /^\d+$/.test(text) ? Number(text) : text];
  });
  return Object.fromEntries(pairs);
}

const cluster = await startCluster({ vip: values.vip }, values.ports ? { mode: 'ports' } : {});
if (values.fault !== undefined) {
  if (!isFault(values.fault)) {
    throw new Error(`--fault: expected one of ${Object.keys(faults).join(', ')}, got ${values.fault}`);
  }
  await cluster.fault(values.fault, values.node, faultArguments(values.with));
}
const talosconfig = cluster.talosconfig(role(values.role));
writeFileSync(join(positionals[0] ?? '.', 'talosconfig'), talosconfig, { mode: 0o600 });
process.send?.('ready');
setTimeout(() => process.exit(), lifetimeMs);
