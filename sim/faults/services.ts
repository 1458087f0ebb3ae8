import { waitingFor } from '../model/history.ts';
import type { NodeState, ServiceState } from '../model/node-state.ts';
import { hasSandbox } from '../model/scenario.ts';
import { nodeFault } from './fault.ts';

/** Faults of Talos's services. The service is `kubelet` unless another is named; a new one (`ext-…`) comes to be. */
export const serviceFaults = {
  'service-failed': nodeFault('A service failed (service, message).', (node, args) => {
    const message = args.message ?? 'Failed to run pre stage: 1 error(s) occurred:\n\tfailed to pull image';
    return withService(node, args.service, { state: 'Failed', health: 'unknown', message });
  }),
  'service-unhealthy': nodeFault('A service runs, but its health check fails (service, message).', (node, args) =>
    withService(node, args.service, {
      state: 'Running',
      health: 'unhealthy',
      message: args.message ?? 'connection refused',
    }),
  ),
  'service-health-unknown': nodeFault('A service runs, and its health is not known yet (service).', (node, args) =>
    withService(node, args.service, { state: 'Running', health: 'unknown', message: '' }),
  ),
  'service-waiting': nodeFault('A service waits for something (service, message).', (node, args) =>
    withService(node, args.service, {
      state: 'Waiting',
      health: 'unknown',
      message: args.message ?? waitingFor(args.service ?? 'kubelet'),
    }),
  ),
  'service-crash-loop': nodeFault(
    'A service ends as soon as it was started, again and again (service, message).',
    (node, args) => {
      const service = args.service ?? 'kubelet';
      const reason =
        args.message ?? `task ${JSON.stringify(service)} failed: exit code 1 (last log ${lastLog(service)})`;
      return withService(node, service, restarting(`Containerd(${service})`, reason));
    },
  ),
  'sandboxd-down': nodeFault(
    'sandboxd ends whenever it is started, and the container runtime, the kubelet, the pods and etcd are gone with it.',
    (node, _args, { scenario }) => {
      if (!hasSandbox(scenario))
        throw new Error('no machine of the simulated cluster runs sandboxd: Talos 1.14 does, outside of containers');
      return {
        ...node,
        services: {
          ...node.services,
          sandboxd: restarting('Process("sandboxd")', 'sandboxd exited, namespace lost: signal: killed'),
          cri: restarting(`Process(${criProcess})`, 'sandbox namespace not available yet'),
          // Talos waits for the container runtime to return before it looks at what became of the kubelet.
          kubelet: { state: 'Running', health: 'unhealthy', message: noKubelet },
        },
        ...(node.role === 'worker' ? {} : { etcd: { ...node.etcd, state: 'hung' as const } }),
        apiServer: { ...node.apiServer, port: 'blocked' },
        kubernetes: { ...node.kubernetes, kubeletGone: true },
      };
    },
  ),
  'kubelet-crash-loop-booting': nodeFault(
    'The kubelet cannot be started, so that the machine never finishes its boot (message).',
    (node, args) => ({
      ...withService(node, 'kubelet', restarting('Containerd(kubelet)', args.message ?? noModules)),
      stage: 'booting',
      kubernetes: { ...node.kubernetes, registered: false },
    }),
  ),
  'extension-waits': nodeFault(
    'A service of an extension waits for a path that never comes to be, and the boot with it (service, message).',
    (node, args) => ({
      ...withService(node, args.service ?? 'ext-qemu-guest-agent', {
        state: 'Waiting',
        health: 'unknown',
        message: args.message ?? 'Waiting for file "/dev/virtio-ports/org.qemu.guest_agent.0" to exist',
      }),
      stage: 'booting',
    }),
  ),
  'service-missing': nodeFault('A service is not even in the list (service).', (node, args) => {
    const { [args.service ?? 'kubelet']: _gone, ...services } = node.services;
    return { ...node, services };
  }),
  'kubelet-failed': nodeFault("The kubelet's image cannot be pulled.", (node) =>
    withService(node, 'kubelet', {
      state: 'Failed',
      health: 'unknown',
      message:
        'Failed to run pre stage: 1 error(s) occurred:\n\tfailed to pull image "ghcr.io/siderolabs/kubelet:v1.36.0": failed to resolve reference "ghcr.io/siderolabs/kubelet:v1.36.0": ghcr.io/siderolabs/kubelet:v1.36.0: not found',
    }),
  ),
} as const;

const criProcess =
  '["/bin/containerd" "--address" "/run/containerd/containerd.sock" "--config" "/etc/cri/containerd.toml"]';

const noKubelet = 'Get "http://127.0.0.1:10248/healthz": dial tcp 127.0.0.1:10248: connect: connection refused';

/** Talos starts it again every 5 s, and it ends at once. */
function restarting(runner: string, reason: string): ServiceState {
  return {
    state: 'Waiting',
    health: 'unhealthy',
    message: `Error running ${runner}, going to restart forever: ${reason}`,
    restarting: { healthInAttempt: 'unhealthy' },
  };
}

const noModules =
  'failed to create task: "kubelet": failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/usr/lib/modules" to rootfs at "/lib/modules": stat /usr/lib/modules: no such file or directory';

/** As Talos quotes it: the last line of the log, which often is of something else. */
function lastLog(service: string): string {
  const line = {
    ts: 1795903983701.1914,
    caller: 'cm/container_manager_linux.go:711',
    msg: 'Failed to ensure state',
    v: 0,
    containerName: `/podruntime/${service}`,
    err: 'failed to apply oom score -450 to PID 263: write /proc/263/oom_score_adj: permission denied',
  };
  return JSON.stringify(JSON.stringify(line));
}

function withService(node: NodeState, id = 'kubelet', service: ServiceState): NodeState {
  // an etcd that does not run is no member that answers either
  const stopped = id === 'etcd' && service.state !== 'Running';
  return {
    ...node,
    services: { ...node.services, [id]: service },
    ...(stopped ? { etcd: { ...node.etcd, state: 'stopped' as const } } : {}),
  };
}
