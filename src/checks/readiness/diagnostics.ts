import type { CheckOptions } from '../../inputs/options.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Diagnostic } from '../../talos/model.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { hint, pass, pending, unreadable } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

function evaluate(node: NodeSnapshot, _snapshot: Snapshot, { ignoreDiagnostics }: CheckOptions): Outcome {
  if (!node.diagnostics.ok) {
    return unreadable(node, node.diagnostics.error, 'the diagnostics');
  }
  const isIgnored = ({ id }: Diagnostic): boolean => ignoreDiagnostics.includes(id);
  const found = node.diagnostics.value.filter((one) => !isIgnored(one));
  const ignored = node.diagnostics.value.filter(isIgnored);
  if (found.length === 0) {
    return pass(ignored.length === 0 ? 'no diagnostics' : `ignored: ${ignored.map(({ id }) => id).join(', ')}`);
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
  watches: ['diagnostics'],
  evaluate,
};
