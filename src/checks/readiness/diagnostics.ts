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
  const pages = found.filter(({ id }) => isId(id)).map(({ id }) => `https://talos.dev/diagnostic/${id}`);
  return pending(
    found.map(({ id, message }) => `${message} (${id})`).join('; '),
    hint(
      `Talos reports ${count(found.length, 'problem')} of its own${pages.length > 0 ? `, described at ${pages.join(' and ')}` : ''}.`,
      talosctl(node, 'get diagnostics'),
    ),
  );
}

/** The ids of Talos's diagnostics, which its site knows; anything else a node may say is no address. */
function isId(id: string): boolean {
  return /^[a-z0-9-]{1,100}$/.test(id);
}

export const diagnostics: NodeCheck = {
  id: 'diagnostics',
  stage: 'readiness',
  scope: 'node',
  title: 'Talos reports no diagnostics',
  explanation: 'Talos has found a problem of the configuration or of its surroundings, and says which.',
  requires: ['api-reachable'],
  wokenBy: ['diagnostics'],
  evaluate,
};
