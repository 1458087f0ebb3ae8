import type { Options } from '../inputs/options.ts';
import { formatHostPort } from '../values/address.ts';

/** The options that affect the verdict. */
export type ReportedOptions = ReturnType<typeof reportOptions>;

/** Omits what may contain secrets: talosconfig, kubeconfig and paths. */
export function reportOptions(options: Options) {
  return {
    contextName: options.contextName,
    endpoints: options.endpoints.map(formatHostPort),
    controlPlaneNodes: options.controlPlaneNodes,
    workerNodes: options.workerNodes,
    nodes: options.nodes,
    onlyNodes: options.onlyNodes,
    mode: options.mode,
    profile: options.profile,
    ...(options.until && { until: options.until }),
    checks: [...options.policies].map(([check, { policy, input }]) => ({ check, policy, input })),
    ignoreDiagnostics: options.ignoreDiagnostics,
    cordoned: options.cordoned,
    ...(options.minHealthyWorkers && { minHealthyWorkers: options.minHealthyWorkers }),
    expected: options.expected,
    ...(options.upgrade && { upgrade: options.upgrade }),
    ...(options.safeToReboot && { safeToReboot: options.safeToReboot }),
    ...(options.baseline && {
      baseline: {
        startedAt: options.baseline.startedAt,
        allowDowngrade: options.baseline.allowDowngrade,
        mustReboot: options.baseline.mustReboot,
      },
    }),
    certificate: options.certificate,
    kubernetes: {
      use: options.kubernetes.use,
      kubeconfig: options.kubernetes.kubeconfig !== undefined,
      ...(options.kubernetes.endpoint !== undefined && { endpoint: options.kubernetes.endpoint }),
    },
    waitTimeoutSeconds: options.waitTimeout / 1000,
    stableForSeconds: options.stableFor / 1000,
    retryIntervalSeconds: options.retryInterval / 1000,
    rpcTimeoutSeconds: options.rpcTimeout / 1000,
  };
}
