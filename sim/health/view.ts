import { dialError, reach } from '../apid/reach.ts';
import { machineAt } from '../model/addresses.ts';
import { membersKnownTo } from '../model/discovery.ts';
import type { ServiceRecord } from '../model/history.ts';
import { kubernetesNodes } from '../model/kubernetes.ts';
import type { NodeState } from '../model/node-state.ts';
import { minorVersion } from '../model/scenario.ts';
import { type ClusterState, findNode } from '../model/state.ts';
import { StatusError } from '../status.ts';

/** What a check of talosctl observes: the cluster from one control plane node, with the rights of the caller. */
export interface HealthView {
  readonly state: ClusterState;
  services(name: string): readonly ServiceRecord[];
  readonly roles: ReadonlySet<string>;
  /** The control plane on which the check runs. */
  readonly self: string;
  /** Addresses that the caller gave; both empty means discovery. */
  readonly givenControlPlanes: readonly string[];
  readonly givenWorkers: readonly string[];
  /** Where to find kube-apiserver, in place of the machine configuration's word; may be empty. */
  readonly givenEndpoint: string;
}

/** `slow`: the error shows only when the time of the attempt is over. */
export type Outcome = 'OK' | 'SKIP' | { readonly error: string; readonly slow?: boolean };

export interface HealthCheck {
  /** As in the lines: `waiting for <title>: …`. */
  readonly title: string;
  /** How often, and how long, it is tried, in milliseconds; 5 s unless told. */
  readonly interval?: number;
  assess(view: HealthView): Outcome;
}

interface Addresses {
  readonly controlPlanes: readonly string[];
  readonly workers: readonly string[];
}

export function addressesOf(view: HealthView): Addresses {
  const { state, givenControlPlanes, givenWorkers } = view;
  if (givenControlPlanes.length + givenWorkers.length > 0) {
    return { controlPlanes: givenControlPlanes, workers: givenWorkers };
  }
  const discovered = membersKnownTo(state, findNode(state, view.self));
  if (discovered.length > 0)
    return byRole(discovered.map((node) => ({ ...node, controlPlane: node.role === 'controlplane' })));
  return byRole(kubernetesNodes(state));
}

export function allAddresses(view: HealthView): readonly string[] {
  const { controlPlanes: masters, workers } = addressesOf(view);
  return [...masters, ...workers];
}

/** The node behind an address, or why it cannot be asked. */
export function ask(view: HealthView, address: string): NodeState | { readonly error: string; readonly slow: boolean } {
  const node = machineAt(view.state, address, findNode(view.state, view.self));
  if (node === undefined) return { error: dialError(address, 'connect: no route to host').text, slow: false };
  // the machine that runs the check asks itself without a way
  const failure = node.name === view.self ? undefined : reach(node);
  if (failure === undefined) return node;
  if (failure === 'hang') {
    return { error: new StatusError('DEADLINE_EXCEEDED', 'context deadline exceeded').text, slow: true };
  }
  return { error: failure.text, slow: false };
}

export function isNode(answer: ReturnType<typeof ask>): answer is NodeState {
  return 'name' in answer;
}

/** Several errors the way Go's multierror prints them. */
export function errorList(errors: readonly string[]): string {
  const head = errors.length === 1 ? '1 error occurred:' : `${errors.length} errors occurred:`;
  return [head, ...errors.map((error) => `    * ${error}`)].join('\n');
}

export const notAuthorized: Outcome = { error: new StatusError('PERMISSION_DENIED', 'not authorized').text };

/** Since 1.14 the first check reads the machine configuration, which only an administrator may. */
export function readsConfigFirst(state: ClusterState): boolean {
  return minorVersion(state.scenario.talosVersion) >= 14;
}

function byRole(nodes: readonly { readonly address: string; readonly controlPlane: boolean }[]): Addresses {
  return {
    controlPlanes: nodes.filter(({ controlPlane }) => controlPlane).map(({ address }) => address),
    workers: nodes.filter(({ controlPlane }) => !controlPlane).map(({ address }) => address),
  };
}
