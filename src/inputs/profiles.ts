export type Profile = 'pre-cni' | 'default' | 'strict';

/** A named set of defaults. Given inputs take precedence. */
interface Preset {
  /** The last stage to evaluate. */
  readonly until?: string;
  readonly checks: ReadonlyMap<string, 'skip' | 'strict'>;
  /** The severity of a client certificate that expires soon. */
  readonly expiry: 'warn' | 'fail';
}

/**
 * - `pre-cni`: what a cluster passes before its CNI is there. Nodes are registered and their static pods, which use the
 *   host's network, run; nodes are not Ready, and CoreDNS waits for them.
 * - `strict`: what else is only a warning, and can be trusted to be right, is a fault: nodes that nobody can list or
 *   that the sources disagree about, endpoints that cannot be used, an extension service in a crash loop, an API server
 *   that cannot be reached from here, a node without KubePrism, a node that is Ready under pressure, an upgrade that
 *   leaves a release out, a certificate that expires soon, and what will be a fault before long: a clock, a disk, RAID,
 *   etcd, versions that differ.
 */
export const profiles: Readonly<Record<Profile, Preset>> = {
  'pre-cni': { until: 'static-pods', checks: new Map([['node-ready', 'skip']]), expiry: 'warn' },
  default: { checks: new Map(), expiry: 'warn' },
  strict: {
    checks: new Map([
      ['topology', 'strict'],
      ['services', 'strict'],
      ['api-server-endpoint', 'strict'],
      ['kubernetes-api', 'strict'],
      ['kubeprism', 'strict'],
      ['node-ready', 'strict'],
      ['no-unexpected-nodes', 'strict'],
      ['upgrade-path', 'strict'],
      ['upgrade-confirmed', 'strict'],
      ['clock', 'strict'],
      ['disk-usage', 'strict'],
      ['volumes', 'strict'],
      ['image-cache', 'strict'],
      ['siderolink', 'strict'],
      ['extensions', 'strict'],
      ['etcd-size', 'strict'],
      ['etcd-versions', 'strict'],
      ['certificates', 'strict'],
      ['version-skew', 'strict'],
    ]),
    expiry: 'fail',
  },
};
