import { refuse } from '../values/problem.ts';
import type { InputReader } from './reader.ts';
import type { InputName } from './table.ts';

const modes = ['client', 'server'] as const;

/** Who checks: the gate itself, or a control plane node on its behalf. */
export type Mode = (typeof modes)[number];

/** What only the gate's own checks can follow. */
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
];

/** An input that would be ignored is a promise that nobody keeps: with `server` it is a problem. */
export function readMode(reader: InputReader): Mode | undefined {
  const mode = reader.choice('mode', modes);
  if (mode !== 'server') return mode;
  const expected = 'it to be left out, or mode to be client';
  for (const name of ofClient.filter((one) => reader.differs(one))) {
    reader.take(name, refuse(expected, 'a value, with mode: server', 'the server has checks of its own'));
  }
  return mode;
}
