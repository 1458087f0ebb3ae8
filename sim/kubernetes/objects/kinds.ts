/** A kind of object, as paths and answers name it. */
export interface Kind {
  readonly plural: string;
  readonly kind: string;
  /** For those who type it. */
  readonly short: string;
  /** Empty for the core. */
  readonly group: '' | 'apps' | 'policy';
  readonly namespaced: boolean;
}

export const kinds = {
  node: { plural: 'nodes', kind: 'Node', short: 'no', group: '', namespaced: false },
  pod: { plural: 'pods', kind: 'Pod', short: 'po', group: '', namespaced: true },
  daemonSet: { plural: 'daemonsets', kind: 'DaemonSet', short: 'ds', group: 'apps', namespaced: true },
  deployment: { plural: 'deployments', kind: 'Deployment', short: 'deploy', group: 'apps', namespaced: true },
  replicaSet: { plural: 'replicasets', kind: 'ReplicaSet', short: 'rs', group: 'apps', namespaced: true },
  disruptionBudget: {
    plural: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    short: 'pdb',
    group: 'policy',
    namespaced: true,
  },
} as const satisfies Record<string, Kind>;

/** Such as `v1` and `apps/v1`. */
export function apiVersion({ group }: Kind): string {
  return group === '' ? 'v1' : `${group}/v1`;
}

export function findKind(group: string, plural: string): Kind | undefined {
  return Object.values(kinds).find((kind) => kind.group === group && kind.plural === plural);
}
