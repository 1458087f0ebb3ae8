import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { hint, pass, pending, unreadable } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

function evaluate(node: NodeSnapshot): Outcome {
  if (!node.diagnostics.ok) {
    return unreadable(node, node.diagnostics.error, 'the diagnostics');
  }
  const found = node.diagnostics.value;
  if (found.length === 0) {
    return pass('no diagnostics');
  }
  const pages = found.map(({ id }) => `https://talos.dev/diagnostic/${encodeURIComponent(id)}`);
  return pending(
    found.map(({ id, message }) => `${message} (${id})`).join('; '),
    hint(
      `Talos reports ${count(found.length, 'problem')} of its own, described at ${pages.join(' and ')}.`,
      talosctl(node, 'get diagnostics'),
    ),
  );
}

export const diagnostics: NodeCheck = {
  id: 'diagnostics',
  stage: 'readiness',
  scope: 'node',
  title: 'Talos reports no diagnostics',
  explanation: 'Talos has found a problem of the configuration or of its surroundings, and says which.',
  requires: ['api-reachable'],
  evaluate,
};
