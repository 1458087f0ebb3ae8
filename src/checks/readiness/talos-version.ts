import type { CheckOptions } from '../../inputs/options.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { isVersion } from '../facts/versions.ts';
import { hint, pass, pending, unreadable } from '../outcome.ts';
import { talosctl } from '../text.ts';

function evaluate(node: NodeSnapshot, _snapshot: Snapshot, { expected }: CheckOptions): Outcome {
  if (!node.version.ok) {
    return unreadable(node, node.version.error, 'the version of Talos');
  }
  const { tag } = node.version.value;
  return isVersion(tag, expected.talosVersion ?? '')
    ? pass(`Talos ${tag}`)
    : pending(
        `it runs Talos ${tag}, and ${expected.talosVersion} is expected`,
        hint(
          'The upgrade has not got to this node yet, or the node went back to the version before, as it does when the new one does not boot.',
          talosctl(node, 'version'),
          talosctl(node, 'dmesg'),
        ),
      );
}

export const talosVersion: NodeCheck = {
  id: 'talos-version',
  stage: 'readiness',
  scope: 'node',
  title: 'the node runs the expected version of Talos',
  explanation: 'The node runs another version of Talos than expected-talos-version says.',
  requires: ['api-reachable'],
  watches: [],
  enabled: ({ expected }) => expected.talosVersion !== undefined,
  evaluate,
};
