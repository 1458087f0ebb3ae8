import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Service } from '../../talos/model.ts';
import { oneLine, withReason } from '../text.ts';
import { kubernetesFacts } from './kubernetes.ts';
import { unmetServices } from './machine-status.ts';
import { reasonIn } from './service-events.ts';

/** A service that is not as it should be. */
export interface ServiceTrouble {
  readonly service?: string;
  readonly words: string;
  /** Nothing of Talos or Kubernetes depends on it. */
  readonly isMinor?: true;
}

/** The service ended again and again, and will not come up by waiting for something else. */
export function isBroken(service: Service, at: number): boolean {
  return service.state === 'Failed' || isCrashLooping(service, at);
}

/** What runs less long than this before it ends is in a crash loop, in milliseconds; Talos starts it again after 5 s. */
const longestRun = 5 * 60_000;
/** A run that lasts longer than twice the ones before has come through, but not one of a few seconds. */
const shortestProof = 15_000;

/**
 * Talos has started it again and again, and it has not run for longer than before. In the
 * moments in which it runs it may look healthy.
 *
 * @param at when the service was looked at, epoch milliseconds
 */
export function isCrashLooping({ state, health, lastEvent, restarts }: Service, at: number): boolean {
  if (restarts === undefined) {
    return false;
  }
  if (state !== 'Running') {
    return state === 'Waiting' && lastEvent === restarts.reason;
  }
  const runs = restarts.at.slice(1).map((end, index) => end - (restarts.at[index] ?? end));
  const last = runs.at(-1);
  const sinceLast = at - (restarts.at.at(-1) ?? 0);
  if (last === undefined) {
    return health !== 'healthy' && sinceLast < shortestProof;
  }
  return (
    last <= longestRun && sinceLast < Math.max(shortestProof, 2 * Math.max(...runs.filter((run) => run <= longestRun)))
  );
}

/** What a service that does not run says of itself: `kubelet is in a crash loop: …`, `kubelet is Waiting: …`. */
export function wordsOf(service: Service, at: number): string {
  const { id, state, lastEvent, restarts } = service;
  return isCrashLooping(service, at)
    ? withReason(`${id} is in a crash loop`, reasonIn(restarts?.reason ?? ''))
    : withReason(`${id} is ${state}`, lastEvent);
}

/** Without these no pod runs, or nobody can ask the node. */
const essential: ReadonlySet<string> = new Set([
  'apid',
  'containerd',
  'cri',
  'etcd',
  'kubelet',
  'machined',
  'sandboxd',
  'trustd',
]);

/**
 * Services of a node that hold it back, worst first; etcd has a stage of its own.
 *
 * apid, machined, on control planes trustd, and the kubelet where the cluster
 * has Kubernetes must run and be healthy. Any other that runs must not be
 * unhealthy, and none may have failed or be in a crash loop. Where all that looks well but Talos
 * itself names a service, Talos is right: its list may be a moment newer.
 */
export function serviceTroubles(
  node: NodeSnapshot,
  services: readonly Service[],
  snapshot: Snapshot,
): readonly ServiceTrouble[] {
  const required = requiredServices(node, snapshot);
  const { at } = node.services;
  const listed: readonly Ranked[] = services
    .filter(({ id }) => id !== 'etcd')
    .flatMap((service) => troubleOf(service, required.includes(service.id), at));
  const missing: readonly Ranked[] = required
    .filter((id) => !services.some((service) => service.id === id))
    .map((service) => ({ service, words: `${service} is not among the services`, rank: 1 }));
  const seen = [...listed, ...missing].sort((a, b) => a.rank - b.rank);
  const unmet = unmetServices(node).filter(({ service }) => service !== 'etcd' || node.node.role === 'worker');
  return seen.some(({ isMinor }) => isMinor !== true) ? seen : [...unmet, ...seen];
}

/** The lower, the worse. */
type Ranked = ServiceTrouble & { readonly rank: number };

function requiredServices(node: NodeSnapshot, snapshot: Snapshot): readonly string[] {
  return [
    'apid',
    'machined',
    ...(node.node.role === 'controlplane' ? ['trustd'] : []),
    ...(kubernetesFacts(snapshot).configured ? ['kubelet'] : []),
  ];
}

function troubleOf(service: Service, required: boolean, at: number): readonly Ranked[] {
  const { id, state, health } = service;
  const words = wordsOf(service, at);
  if (state === 'Failed') {
    return [{ service: id, words, rank: 0 }];
  }
  if (isCrashLooping(service, at)) {
    return essential.has(id) ? [{ service: id, words, rank: 0 }] : [{ service: id, words, rank: 4, isMinor: true }];
  }
  if (state !== 'Running') {
    return required ? [{ service: id, words, rank: 1 }] : [];
  }
  if (health === 'unhealthy') {
    return [{ service: id, words: withReason(`${id} is unhealthy`, service.healthMessage), rank: 2 }];
  }
  return required && health === 'unknown'
    ? [{ service: id, words: `${id} is running, its health is not known yet`, rank: 3 }]
    : [];
}

/** A service that keeps a machine from the end of its boot. */
export interface Holder {
  readonly service: string;
  readonly words: string;
}

/** Services that will not run any more, or need not. */
const ended: ReadonlySet<string> = new Set(['Finished', 'Skipped']);

/** Named at most. */
const most = 3;

/**
 * What a machine that boots waits for: services that have failed, and then those
 * that wait for something. Who waits for one of these is not to blame, and not named.
 */
export function bootHolders({ services, machineStatus }: NodeSnapshot): readonly Holder[] {
  if (!services.ok || !machineStatus.ok || machineStatus.value.stage !== 'booting') {
    return [];
  }
  const { at } = services;
  const down = services.value.filter((service) => !isUp(service, at));
  const first = down.filter(({ lastEvent, id }) =>
    down.every((other) => other.id === id || !lastEvent.includes(`service "${other.id}"`)),
  );
  return [...(first.length > 0 ? first : down)]
    .sort((one, other) => Number(isBroken(other, at)) - Number(isBroken(one, at)))
    .slice(0, most)
    .map((service) => ({ service: service.id, words: holding(service, at) }));
}

function isUp(service: Service, at: number): boolean {
  const { state, health } = service;
  return ended.has(state) || (state === 'Running' && health !== 'unhealthy' && !isCrashLooping(service, at));
}

function holding(service: Service, at: number): string {
  const { id, state, healthMessage, lastEvent } = service;
  if (isBroken(service, at)) {
    return wordsOf(service, at);
  }
  if (state === 'Running') {
    return withReason(`${id} is unhealthy`, healthMessage);
  }
  const awaited = /^Waiting for (.*)$/.exec(oneLine(lastEvent))?.[1];
  return awaited === undefined ? wordsOf(service, at) : `${id} waits for ${awaited}`;
}
