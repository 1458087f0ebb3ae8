import type { ClusterCheck } from '../check.ts';
import { judgeWorkload, type Subject } from '../facts/workload.ts';
import { hint } from '../outcome.ts';

const subject: Subject = {
  name: 'CoreDNS',
  app: 'kube-dns',
  kind: 'Deployment',
  facetOf: ({ coredns }) => coredns,
  advice: hint(
    'See where its pods are and what they wait for; without a network plugin (CNI) they are placed nowhere.',
    'kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide',
    'kubectl -n kube-system describe pods -l k8s-app=kube-dns',
  ),
};

export const coredns: ClusterCheck = {
  id: 'coredns',
  stage: 'workloads',
  scope: 'cluster',
  title: 'CoreDNS has all its replicas ready, unless it is off',
  explanation: 'Pods resolve no names, or fewer servers answer them than should.',
  requires: [],
  watches: [],
  watchesOfKubernetes: ['pods', 'deployments', 'nodes'],
  evaluate: (snapshot) => judgeWorkload(snapshot, subject),
};
