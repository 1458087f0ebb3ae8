import type { Diagnostic } from '../../talos/model/machine.ts';
import { nodeCheck } from '../define.ts';
import { hint, pass, pending } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

/** Whether the id can be part of a URL: it comes from the node. */
function isId(id: string): boolean {
  return /^[a-z0-9-]{1,100}$/.test(id);
}

export const diagnostics = nodeCheck({
  id: 'diagnostics',
  stage: 'readiness',
  scope: 'node',
  title: 'Talos reports no diagnostics',
  explanation: 'Talos has found a problem of the configuration or of its surroundings, and says which.',
  requires: ['api-reachable'],
  reads: ['diagnostics'],
  docs: {
    pending: 'there is any',
    skip: 'this Talos does not know the resource',
    talosctl: '"no diagnostics"',
    reports: ['siderolabs/omni#54', 'siderolabs/talos#6736'],
    advice: 'Each diagnostic is described at `https://talos.dev/diagnostic/<id>`',
    commands: ['talosctl -n 10.0.0.2 get diagnostics'],
  },
  evaluate({ diagnostics }, { node, options: { ignoreDiagnostics } }) {
    const isIgnored = ({ id }: Diagnostic): boolean => ignoreDiagnostics.includes(id);
    const found = diagnostics.filter((one) => !isIgnored(one));
    const ignored = diagnostics.filter(isIgnored);
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
  },
});
