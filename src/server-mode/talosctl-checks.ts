/** The subjects of a finding if the server names no node. */
export type Scope = 'node' | 'control-plane' | 'cluster';

export interface ScopedCheck {
  readonly check: string;
  readonly scope: Scope;
}

/** A check of `talosctl health`, which a control plane node runs. */
export interface TalosctlCheck {
  /** As in its lines, `waiting for <title>: …`. */
  readonly title: string;
  /** The checks that it covers. An error without a more specific check belongs to the first. */
  readonly checks: readonly [ScopedCheck, ...ScopedCheck[]];
  /** Why the server may skip it. */
  readonly skipped?: string;
  /** The first version of Talos with this check; if absent, v1.3 or older. */
  readonly since?: string;
}

const node = (check: string): ScopedCheck => ({ check, scope: 'node' });
const controlPlane = (check: string): ScopedCheck => ({ check, scope: 'control-plane' });
const cluster = (check: string): ScopedCheck => ({ check, scope: 'cluster' });

const noEtcd = 'etcd is disabled';
const noKubernetes = 'there is no Kubernetes';
const noCni = 'the cluster has no CNI of Talos, or no Kubernetes';

/**
 * In the order in which the server runs them, one after another. A check that
 * several of them cover passes with the last.
 */
export const talosctlChecks: readonly TalosctlCheck[] = [
  { title: 'etcd to be healthy', checks: [controlPlane('etcd-service')], skipped: noEtcd },
  {
    title: 'etcd members to be consistent across nodes',
    checks: [controlPlane('etcd-members-consistent')],
    skipped: noEtcd,
  },
  {
    title: 'etcd members to be control plane nodes',
    checks: [cluster('etcd-members-are-control-planes')],
    skipped: noEtcd,
  },
  { title: 'apid to be ready', checks: [node('api-reachable')] },
  { title: 'all nodes memory sizes', checks: [node('memory')] },
  { title: 'all nodes disk sizes', checks: [node('disk')], skipped: 'a node runs an older Talos' },
  { title: 'no diagnostics', checks: [node('diagnostics')], since: 'v1.8', skipped: 'a node runs an older Talos' },
  { title: 'kubelet to be healthy', checks: [controlPlane('services')], skipped: 'there is no kubelet' },
  { title: 'all nodes to finish boot sequence', checks: [node('boot-finished')] },
  {
    title: 'all k8s nodes to report',
    checks: [node('node-registered'), cluster('no-unexpected-nodes'), cluster('kubernetes-api')],
    skipped: noKubernetes,
  },
  {
    title: 'all control plane static pods to be running',
    checks: [controlPlane('static-pods'), controlPlane('api-server-ready'), controlPlane('control-plane-components')],
  },
  {
    title: 'all control plane components to be ready',
    checks: [
      controlPlane('control-plane-pods'),
      controlPlane('control-plane-components'),
      controlPlane('api-server-ready'),
    ],
    skipped: noKubernetes,
  },
  { title: 'all k8s nodes to report ready', checks: [node('node-ready')], skipped: noCni },
  { title: 'kube-proxy to report ready', checks: [cluster('kube-proxy')], skipped: 'the cluster has no kube-proxy' },
  {
    title: 'coredns to report ready',
    checks: [cluster('coredns')],
    skipped: 'the cluster has no CoreDNS, or no CNI of Talos',
  },
  { title: 'all k8s nodes to report schedulable', checks: [node('node-schedulable')], skipped: noKubernetes },
];

export function talosctlCheck(title: string): TalosctlCheck | undefined {
  return talosctlChecks.find((one) => one.title === title);
}
