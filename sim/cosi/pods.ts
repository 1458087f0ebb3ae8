import type { JsonObject } from '@bufbuild/protobuf';
import type { StaticPodStatus } from '../model/kubernetes.ts';
import type { NodeState } from '../model/node-state.ts';
import { hasApiServerProbes, type Scenario } from '../model/scenario.ts';

/** A static pod as Talos renders it, without the parts that nobody reads. */
export function podSpec(scenario: Scenario, pod: string, version = scenario.kubernetesVersion): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      annotations: { 'talos.dev/config-version': '1', 'talos.dev/secrets-version': '1' },
      labels: {
        'app.kubernetes.io/managed-by': 'Talos',
        'app.kubernetes.io/name': pod,
        component: pod,
        'k8s-app': pod,
        tier: 'control-plane',
      },
      name: pod,
      namespace: 'kube-system',
    },
    spec: {
      containers: [
        {
          command: [`/usr/local/bin/${pod}`],
          image: `registry.k8s.io/${pod}:${version}`,
          name: pod,
          ...probes(scenario, pod),
        },
      ],
      hostNetwork: true,
      priorityClassName: 'system-cluster-critical',
    },
    status: {},
  };
}

/** As Talos writes them; kube-apiserver has its only where the configuration allows it. */
export function probes(scenario: Scenario, pod: string): JsonObject {
  switch (pod) {
    case 'kube-apiserver':
      if (!hasApiServerProbes(scenario)) return {};
      return {
        startupProbe: probe('/livez', 6443, { initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 24 }),
        livenessProbe: probe('/livez', 6443, { initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 8 }),
        readinessProbe: probe('/readyz', 6443, { periodSeconds: 1, failureThreshold: 3 }),
      };
    case 'kube-controller-manager':
      return {
        startupProbe: probe('/healthz', 10_257, { periodSeconds: 5, failureThreshold: 12 }),
        livenessProbe: probe('/healthz', 10_257, {}),
      };
    case 'kube-scheduler':
      return {
        startupProbe: probe('/livez', 10_259, { periodSeconds: 5, failureThreshold: 12 }),
        livenessProbe: probe('/livez', 10_259, {}),
        readinessProbe: probe('/readyz', 10_259, {}),
      };
    default:
      return {};
  }
}

function probe(path: string, port: number, times: JsonObject): JsonObject {
  return { httpGet: { path, host: 'localhost', port, scheme: 'HTTPS' }, timeoutSeconds: 15, ...times };
}

/** A Kubernetes PodStatus as the kubelet writes it for that state of the pod. */
export function podStatus(node: NodeState, { pod, state }: StaticPodStatus): JsonObject {
  const ready = state === 'ready';
  const unready = { reason: 'ContainersNotReady', message: `containers with unready status: [${pod}]` };
  const condition = (type: string, holds: boolean): JsonObject => ({
    type,
    status: holds ? 'True' : 'False',
    ...(holds ? {} : unready),
  });
  return {
    phase: state === 'pending' ? 'Pending' : 'Running',
    hostIP: node.address,
    podIP: node.address,
    conditions: [
      condition('Initialized', true),
      condition('Ready', ready),
      condition('ContainersReady', ready),
      condition('PodScheduled', true),
    ],
    containerStatuses: [{ name: pod, ready, ...containerState(node.nodename, pod, state) }],
  };
}

/** How the kubelet tells the state of a pod's one container. `node` is the node's name. */
export function containerState(node: string, pod: string, state: StaticPodStatus['state']): JsonObject {
  switch (state) {
    case 'ready':
    case 'not-ready':
      return { started: true, restartCount: 0, state: { running: {} } };
    case 'pending':
      return { started: false, restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } };
    case 'crash-loop':
      return {
        started: false,
        restartCount: 7,
        state: {
          waiting: {
            reason: 'CrashLoopBackOff',
            message: `back-off 5m0s restarting failed container=${pod} pod=${pod}-${node}_kube-system`,
          },
        },
        lastState: { terminated: { exitCode: 1, reason: 'Error' } },
      };
  }
}
