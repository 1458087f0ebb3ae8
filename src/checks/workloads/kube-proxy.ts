import { clusterCheck } from '../define.ts';
import { clusterWithoutKubernetes } from '../facts/kubernetes.ts';
import { judgeWorkload, type Subject, workloadDocs } from '../facts/workload.ts';
import { hint } from '../outcome.ts';

const subject: Subject = {
  name: 'kube-proxy',
  app: 'kube-proxy',
  kind: 'DaemonSet',
  advice: hint(
    'Read the log of the pod that is not ready; on its node Services do not work.',
    'kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide',
    'kubectl -n kube-system logs POD --previous',
  ),
};

export const kubeProxy = clusterCheck({
  id: 'kube-proxy',
  stage: 'workloads',
  title: 'kube-proxy is ready on every node, unless it is off',
  explanation: 'On a node whose kube-proxy is not ready, pods do not reach Services.',
  requires: [],
  reads: ['kubernetes.kubeProxy', 'kubernetes.pods'],
  alsoReads: ['kubernetes.nodes'],
  ofEachNode: true,
  docs: {
    ...workloadDocs,
    skip: 'no node of the cluster shows a trace of Kubernetes, there is no Kubernetes access (see `kubernetes-api`), the Kubernetes API cannot be reached from here, or kube-proxy is off (there is no such DaemonSet)',
    talosctl:
      '"kube-proxy to report ready". Pods whose containers have not begun are left out there; here they count as not ready, and a change that the controller has not seen is waited for: what runs is then not what was asked for',
    reports: ['siderolabs/talos#3299'],
    advice: 'Read the log of the pod that is not ready',
    commands: ['kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide'],
  },
  unless: clusterWithoutKubernetes,
  evaluate: ({ kubeProxy, pods }, cluster) => judgeWorkload(kubeProxy, pods, cluster, subject),
});
