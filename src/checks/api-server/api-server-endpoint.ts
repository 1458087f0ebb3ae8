import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { apiServerState } from '../facts/api-server.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { here, hint, pass, pending, warn } from '../outcome.ts';
import { containerLogs, readContainers, talosctl } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const none = withoutKubernetes(node, snapshot);
  if (none !== undefined) {
    return none;
  }
  const { is, words } = apiServerState(node, snapshot);
  switch (is) {
    case 'ready':
      return pass(words);
    case 'running':
      return pass(`reachable: ${words}`);
    case 'unknown':
      return warn(
        words,
        hint(
          `Without an answer nobody knows whether the API server serves. Let this machine reach port ${node.node.apiServerPort} of the control planes, or check it from another one.`,
          talosctl(node, 'get staticpodstatus'),
        ),
        here('api-server-ready'),
      );
    case 'faulty':
      return pending(words, hint(readContainers, ...containerLogs(node)), here('api-server-ready'));
  }
}

export const apiServerEndpoint: NodeCheck = {
  id: 'api-server-endpoint',
  stage: 'api-server',
  scope: 'control-plane',
  title: 'kube-apiserver can be asked from here',
  explanation:
    'The API server of a control plane does not answer on its port. What that means for the server is judged by `api-server-ready`; what is left is that it cannot be asked from here.',
  requires: ['api-reachable'],
  watches: ['static-pod-statuses'],
  watchesOfKubernetes: ['pods'],
  evaluate,
};
