import type { Cause } from '../check.ts';
import { type NodeSubject, nodeCheck } from '../define.ts';
import { podCauses } from '../facts/kubelet.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { judgePods, missingPodHint, runningPods } from '../facts/static-pods.ts';
import { here, hint, pass, pending } from '../outcome.ts';
import { containerLogs, readContainers, talosctl } from '../text.ts';

const components = ['kube-controller-manager', 'kube-scheduler'];

/** Both use the API server of their own node, and crash without it. */
const causesOf = (subject: NodeSubject): readonly Cause[] => [...podCauses(subject), ...here('api-server-ready')];

export const controlPlaneComponents = nodeCheck({
  id: 'control-plane-components',
  stage: 'control-plane',
  scope: 'control-plane',
  title: 'kube-controller-manager and kube-scheduler are running',
  explanation:
    'A component of the control plane, other than the API server, is missing, crashes, or is not ready. Without a readiness probe its pod only shows that it runs.',
  requires: ['api-reachable'],
  reads: ['staticPods', 'staticPodStatuses', 'disabledComponents'],
  alsoReads: ['nodeStatuses'],
  docs: {
    pending:
      'kube-controller-manager or kube-scheduler is not wanted though not disabled, not Running, or not Ready; a pod without a readiness probe is called running, and not ready',
    skip: 'no node of the cluster shows a trace of Kubernetes',
    explainedBy: ['boot-finished', 'services', 'api-server-ready', 'node-registered'],
    talosctl: '"all control plane components to be ready", which needs `os:admin`',
    reports: ['siderolabs/talos#10511'],
    advice: 'Read the logs of its containers',
    commands: ['talosctl -n 10.0.0.2 containers --kubernetes', 'talosctl -n 10.0.0.2 logs --kubernetes CONTAINER-ID'],
  },
  unless: withoutKubernetes,
  unread: (subject) => ({ explainedBy: causesOf(subject) }),
  evaluate({ disabledComponents, ...pods }, subject) {
    const { node } = subject;
    const causes = causesOf(subject);
    return judgePods(pods, subject, causes, (wanted, troubleOf) => {
      const missing = components.filter((id) => !wanted.some((pod) => pod.id === id));
      const notWritten = missing
        .filter((id) => !disabledComponents.includes(id))
        .map((id) => `${id} is not among the static pods yet`);
      const notReady = wanted.filter(({ id }) => components.includes(id)).flatMap((pod) => troubleOf(pod) ?? []);
      const troubles = [...notWritten, ...notReady];
      const off = missing.filter((id) => disabledComponents.includes(id)).map((id) => `${id} is disabled`);
      const on = wanted.filter(({ id }) => components.includes(id));
      return troubles.length === 0
        ? pass([runningPods(on), ...off].filter((words) => words !== '').join(', '))
        : pending(
            troubles.join('; '),
            notReady.length > 0
              ? hint(readContainers, ...containerLogs(node), talosctl(node, 'get staticpodstatus'))
              : missingPodHint(node),
            // The kubelet does not run a pod that is not among the static pods; if there are none at all, they all wait for the same.
            notReady.length > 0 ? causes : here('boot-finished', ...(wanted.length > 0 ? [] : ['api-server-ready'])),
          );
    });
  },
});
