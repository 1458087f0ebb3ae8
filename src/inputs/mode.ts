import { refuse } from '../values/problem.ts';
import type { InputReader } from './reader.ts';
import type { InputName } from './table.ts';

const modes = ['client', 'server'] as const;

/** Which side runs the checks: this process, or a control plane node. */
export type Mode = (typeof modes)[number];

/** Inputs that require client mode. */
const ofClient: readonly InputName[] = [
  'kubeconfig',
  'only-nodes',
  'profile',
  'until',
  'checks',
  'ignore-diagnostics',
  'cordoned',
  'min-healthy-workers',
  'expected-control-planes',
  'expected-workers',
  'expected-talos-version',
  'expected-kubernetes-version',
  'upgrade-to',
  'upgrade-kubernetes-to',
  'safe-to-reboot',
  'expected-schematic',
  'expected-extensions',
  'baseline',
  'rebooted-since',
];

/** Inputs that server mode would ignore are problems. */
export function readMode(reader: InputReader): Mode | undefined {
  const mode = reader.choice('mode', modes);
  if (mode !== 'server') return mode;
  const expected = 'it to be left out, or mode to be client';
  for (const name of ofClient.filter((one) => reader.differs(one))) {
    reader.take(name, refuse(expected, 'a value, with mode: server', 'the server has checks of its own'));
  }
  return mode;
}
