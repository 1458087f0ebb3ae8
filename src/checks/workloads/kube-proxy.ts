import type { ClusterCheck } from '../check.ts';
import { judgeWorkload, type Subject } from '../facts/workload.ts';
import { hint } from '../outcome.ts';

const subject: Subject = {
  name: 'kube-proxy',
  app: 'kube-proxy',
  kind: 'DaemonSet',
  facetOf: ({ kubeProxy }) => kubeProxy,
  advice: hint(
    'Read the log of the pod that is not ready; on its node Services do not work.',
    'kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide',
    'kubectl -n kube-system logs POD --previous',
  ),
};

export const kubeProxy: ClusterCheck = {
  id: 'kube-proxy',
  stage: 'workloads',
  scope: 'cluster',
  title: 'kube-proxy is ready on every node, unless it is off',
  explanation: 'On a node whose kube-proxy is not ready, pods do not reach Services.',
  requires: [],
  ofEachNode: true,
  watches: [],
  watchesOfKubernetes: ['pods', 'daemon-sets', 'nodes'],
  evaluate: (snapshot) => judgeWorkload(snapshot, subject),
};
