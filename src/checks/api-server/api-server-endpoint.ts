import { nodeCheck } from '../define.ts';
import { apiServerState } from '../facts/api-server.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { here, hint, pass, pending, warn } from '../outcome.ts';
import { containerLogs, readContainers, talosctl } from '../text.ts';

export const apiServerEndpoint = nodeCheck({
  id: 'api-server-endpoint',
  stage: 'api-server',
  scope: 'control-plane',
  title: 'kube-apiserver can be asked from here',
  explanation:
    'The API server of a control plane does not answer on its port. What that means for the server is judged by `api-server-ready`; what is left is that it cannot be asked from here.',
  requires: ['api-reachable'],
  reads: [],
  alsoReads: ['apiServer', 'staticPodStatuses', 'kubernetes.pods'],
  docs: {
    pending: 'what `api-server-ready` has as a fault of the server, which explains it',
    warn: 'it cannot be asked from here, and that says nothing certain of the server: a firewall drops the packets, or the address is not known to lead to the machine, as behind a load balancer, a tunnel or NAT',
    skip: 'no node of the cluster shows a trace of Kubernetes',
    explainedBy: ['api-server-ready'],
    talosctl:
      'its Kubernetes checks need `os:admin`, and end in the error of the first API server that does not answer',
    reports: ['siderolabs/talos#6052'],
    advice:
      'Check the control plane nodes, the pods of the API servers, the load balancer (if there is one), and firewall rules for port 6443',
    commands: ['talosctl -n 10.0.0.2 service etcd', 'talosctl -n 10.0.0.2 containers --kubernetes'],
  },
  unless: withoutKubernetes,
  evaluate(_, { node, snapshot }) {
    const { state, words } = apiServerState(node, snapshot);
    switch (state) {
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
  },
});
