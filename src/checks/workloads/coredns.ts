import { clusterCheck } from '../define.ts';
import { clusterWithoutKubernetes } from '../facts/kubernetes.ts';
import { judgeWorkload, type Subject, workloadDocs } from '../facts/workload.ts';
import { hint } from '../outcome.ts';

const subject: Subject = {
  name: 'CoreDNS',
  app: 'kube-dns',
  kind: 'Deployment',
  advice: hint(
    'See where its pods are and what they wait for; without a network plugin (CNI) they are placed nowhere.',
    'kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide',
    'kubectl -n kube-system describe pods -l k8s-app=kube-dns',
  ),
};

export const coredns = clusterCheck({
  id: 'coredns',
  stage: 'workloads',
  title: 'CoreDNS has all its replicas ready, unless it is off',
  explanation: 'Pods resolve no names, or fewer servers answer them than should.',
  requires: [],
  reads: ['kubernetes.coredns', 'kubernetes.pods'],
  alsoReads: ['kubernetes.nodes'],
  docs: {
    ...workloadDocs,
    skip: 'no node of the cluster shows a trace of Kubernetes, there is no Kubernetes access (see `kubernetes-api`), the Kubernetes API cannot be reached from here, or CoreDNS is off (there is no such Deployment)',
    talosctl:
      '"coredns to report ready", skipped there if the CNI is none: here the nodes explain it, which are not Ready then. Otherwise as kube-proxy',
    reports: ['siderolabs/talos#11190', 'siderolabs/talos#9419'],
    advice: 'See where its pods are and what they wait for',
    commands: [
      'kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide',
      'kubectl -n kube-system describe pods -l k8s-app=kube-dns',
    ],
  },
  unless: clusterWithoutKubernetes,
  evaluate: ({ coredns, pods }, cluster) => judgeWorkload(coredns, pods, cluster, subject),
});
