import type { Snapshot } from '../../src/observe/snapshot.ts';
import { onNode, unreachable, withFaults } from './faults.ts';
import { healthySnapshot, ok } from './snapshot.ts';

/** A text with all kinds of injections. */
export const hostile = [
  'a|b\n</details>\r\n::error::x',
  '##[error]y \u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007',
  '@org/team #12 GH-7 https://evil.example www.evil.example <img src=x> `code` ```',
  '\u202eright to left\u202c zero\u200bwidth ![x](y) **bold** fd00:100:1 $a$',
].join('\u2028');

/** Two rounds of a cluster, in the second of which a node has the hostile name, and others hostile texts. */
export function hostileRounds(): readonly Snapshot[] {
  const snapshot = healthySnapshot();
  const name = `worker-${hostile}`;
  const renamed = {
    ...snapshot,
    nodes: snapshot.nodes.map((one) =>
      one.node.name === 'worker-2'
        ? { ...one, node: { ...one.node, name, address: hostile, addresses: [hostile] } }
        : one,
    ),
  };
  const faulty = withFaults(
    { ...renamed, cluster: { ...snapshot.cluster, nodes: renamed.nodes.map(({ node }) => node), notes: [hostile] } },
    unreachable(name, { kind: 'refused', message: hostile }),
    onNode('worker-1', () => ({
      diagnostics: ok([{ id: hostile, message: `${hostile} ${'x'.repeat(10_000)}`, details: [] }]),
    })),
  );
  return [snapshot, faulty];
}
