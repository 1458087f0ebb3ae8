import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { Service } from '../../talos/model.ts';
import type { Cause } from '../check.ts';
import { here } from '../outcome.ts';
import { oneLine, withReason } from '../text.ts';
import { isBroken, isCrashLooping, wordsOf } from './services.ts';

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

/** Whoever reboots or shuts down stops its etcd; while it boots, only `etcd-service` can tell whether etcd waits for the boot. */
export function stageCauses({ machineStatus }: NodeSnapshot): readonly Cause[] {
  return machineStatus.ok && machineStatus.value.stage === 'booting' ? [] : here('boot-finished');
}
