import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Service } from '../../talos/model/machine.ts';
import { oneLine, withReason } from '../text.ts';
import { kubernetesFacts } from './kubernetes.ts';
import { unmetServices } from './machine-status.ts';
import { reasonIn } from './service-events.ts';

/** A problem with a service. */
export interface ServiceTrouble {
  readonly service?: string;
  readonly words: string;
  /** Neither Talos nor Kubernetes depends on the service. */
  readonly isMinor?: true;
}

/** Whether the service has failed or is in a crash loop, rather than waiting for something else. */
export function isBroken(service: Service, at: number): boolean {
  return service.state === 'Failed' || isCrashLooping(service, at);
}

/** A service that runs for less than this before it ends is in a crash loop, in milliseconds. Talos restarts it after 5 s. */
const longestRun = 5 * 60_000;
/** A run that is twice as long as the ones before ends the crash loop, but not before this many milliseconds. */
const shortestRecovery = 15_000;

/**
 * Whether Talos restarts the service repeatedly, and its current run is not longer than the ones before. While it runs
 * it may look healthy.
 *
 * @param at when the service was observed, epoch milliseconds
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
    return health !== 'healthy' && sinceLast < shortestRecovery;
  }
  return (
    last <= longestRun &&
    sinceLast < Math.max(shortestRecovery, 2 * Math.max(...runs.filter((run) => run <= longestRun)))
  );
}

/** The state of a service that does not run: `kubelet is in a crash loop: …`, `kubelet is Waiting: …`. */
export function serviceText(service: Service, at: number): string {
  const { id, state, lastEvent, restarts } = service;
  return isCrashLooping(service, at)
    ? withReason(`${id} is in a crash loop`, reasonIn(restarts?.reason ?? ''))
    : withReason(`${id} is ${state}`, lastEvent);
}

/** Without these no pod runs, or the Talos API of the node is not available. */
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
 * The problems with the services of a node, worst first. etcd has checks of its own.
 *
 * apid, machined, trustd on control planes, and the kubelet if the cluster has Kubernetes must run and be healthy. Any
 * other service that runs must not be unhealthy, and none may have failed or be in a crash loop. If all that holds but
 * the machine status names a service, the machine status counts: it may be newer than the list.
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
  const found = [...listed, ...missing].sort((a, b) => a.rank - b.rank || endsFirst(a) - endsFirst(b));
  const unmet = unmetServices(node).filter(({ service }) => service !== 'etcd' || node.node.role === 'worker');
  return found.some(({ isMinor }) => isMinor !== true) ? found : [...unmet, ...found];
}

/** Of services that are as bad, sandboxd comes first: it takes the others along. */
const endsFirst = ({ service }: ServiceTrouble): number => (service === 'sandboxd' ? 0 : 1);

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
  const words = serviceText(service, at);
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

/** A service that a booting machine waits for. */
export interface BootBlocker {
  readonly service: string;
  readonly words: string;
}

/** States of services that do not run any more, or need not. */
const ended: ReadonlySet<string> = new Set(['Finished', 'Skipped']);

/** Maximum number of services that are named. */
const most = 3;

/**
 * The services that a booting machine waits for: first those that have failed, then those that wait for something. A
 * service that waits for another one of these is omitted.
 */
export function servicesBlockingBoot({ services, machineStatus }: NodeSnapshot): readonly BootBlocker[] {
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
    .map((service) => ({ service: service.id, words: blockerText(service, at) }));
}

function isUp(service: Service, at: number): boolean {
  const { state, health } = service;
  return ended.has(state) || (state === 'Running' && health !== 'unhealthy' && !isCrashLooping(service, at));
}

function blockerText(service: Service, at: number): string {
  const { id, state, healthMessage, lastEvent } = service;
  if (isBroken(service, at)) {
    return serviceText(service, at);
  }
  if (state === 'Running') {
    return withReason(`${id} is unhealthy`, healthMessage);
  }
  const awaited = /^Waiting for (.*)$/.exec(oneLine(lastEvent))?.[1];
  return awaited === undefined ? serviceText(service, at) : `${id} waits for ${awaited}`;
}
