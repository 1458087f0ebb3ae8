/** Whom a finding is of where the server names nobody: it has judged all of them. */
export type Scope = 'node' | 'control-plane' | 'cluster';

/** A check of the gate that the server's check stands for. */
export interface Judged {
  readonly check: string;
  readonly scope: Scope;
}

/** One check of a Talos control plane's own, by the words it uses for it. */
export interface TalosctlCheck {
  /** As in its lines, `waiting for <title>: …`. */
  readonly title: string;
  /** What it judges. The first one is what is wrong where its error says nothing more exact. */
  readonly judges: readonly [Judged, ...Judged[]];
  /** Why the server may skip it. */
  readonly skipped?: string;
  /** The first Talos that has it; without that, every Talos since 1.3 does. */
  readonly since?: string;
}

const node = (check: string): Judged => ({ check, scope: 'node' });
const controlPlane = (check: string): Judged => ({ check, scope: 'control-plane' });
const cluster = (check: string): Judged => ({ check, scope: 'cluster' });

const noEtcd = 'etcd is disabled';
const noKubernetes = 'there is no Kubernetes';
const noCni = 'the cluster has no CNI of Talos, or no Kubernetes';

/**
 * The checks of a control plane, in its order: it begins one when the one
 * before has passed. Several can be needed for one check of the gate, which
 * then passes with the last of them.
 */
export const talosctlChecks: readonly TalosctlCheck[] = [
  { title: 'etcd to be healthy', judges: [controlPlane('etcd-service')], skipped: noEtcd },
  {
    title: 'etcd members to be consistent across nodes',
    judges: [controlPlane('etcd-members-consistent')],
    skipped: noEtcd,
  },
  {
    title: 'etcd members to be control plane nodes',
    judges: [cluster('etcd-members-are-control-planes')],
    skipped: noEtcd,
  },
  { title: 'apid to be ready', judges: [node('api-reachable')] },
  { title: 'all nodes memory sizes', judges: [node('memory')] },
  { title: 'all nodes disk sizes', judges: [node('disk')], skipped: 'a node runs an older Talos' },
  { title: 'no diagnostics', judges: [node('diagnostics')], since: 'v1.8', skipped: 'a node runs an older Talos' },
  { title: 'kubelet to be healthy', judges: [controlPlane('services')], skipped: 'there is no kubelet' },
  { title: 'all nodes to finish boot sequence', judges: [node('boot-finished')] },
  {
    title: 'all k8s nodes to report',
    judges: [node('node-registered'), cluster('no-unexpected-nodes'), cluster('kubernetes-api')],
    skipped: noKubernetes,
  },
  {
    title: 'all control plane static pods to be running',
    judges: [controlPlane('static-pods'), controlPlane('api-server-ready'), controlPlane('control-plane-components')],
  },
  {
    title: 'all control plane components to be ready',
    judges: [
      controlPlane('control-plane-pods'),
      controlPlane('control-plane-components'),
      controlPlane('api-server-ready'),
    ],
    skipped: noKubernetes,
  },
  { title: 'all k8s nodes to report ready', judges: [node('node-ready')], skipped: noCni },
  { title: 'kube-proxy to report ready', judges: [cluster('kube-proxy')], skipped: 'the cluster has no kube-proxy' },
  {
    title: 'coredns to report ready',
    judges: [cluster('coredns')],
    skipped: 'the cluster has no CoreDNS, or no CNI of Talos',
  },
  { title: 'all k8s nodes to report schedulable', judges: [node('node-schedulable')], skipped: noKubernetes },
];
