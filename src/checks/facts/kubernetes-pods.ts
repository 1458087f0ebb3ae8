import type { Condition, KubernetesNode, KubernetesPod } from '../../kubernetes/model.ts';
import { withReason } from '../text.ts';

const readyOf = (conditions: readonly Condition[]): Condition | undefined =>
  conditions.find(({ type }) => type === 'Ready');

/** `KubeletNotReady: container runtime network not ready`. */
function conditionWords({ reason, message }: Condition): string {
  return [reason, message].filter((part) => part.trim() !== '').join(': ');
}

/** Why Kubernetes takes the node for not ready; undefined where it is. A node that does not say is not. */
export function notReadyReason({ conditions }: KubernetesNode): string | undefined {
  const ready = readyOf(conditions);
  if (ready === undefined) {
    return 'it has no condition Ready';
  }
  return ready.status === 'True'
    ? undefined
    : conditionWords(ready) || `the condition Ready is ${ready.status || 'empty'}`;
}

/** Conditions that keep pods away from a node that is Ready all the same. */
const burdens = new Set(['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']);

/** What burdens a node, in words, such as `DiskPressure: KubeletHasDiskPressure: …`. */
export function burdensOf({ conditions }: KubernetesNode): readonly string[] {
  return conditions
    .filter(({ type, status }) => burdens.has(type) && status !== 'False')
    .map((condition) => withReason(condition.type, conditionWords(condition)));
}

/**
 * Whether the pod counts. Not one that is going, that has failed and was
 * replaced, or whose containers have all ended, as after a shutdown of its node.
 */
export function isActive({ deleted, phase, containers }: KubernetesPod): boolean {
  const ended = containers.length > 0 && containers.every(({ state }) => state === 'terminated');
  return !deleted && phase !== 'Failed' && phase !== 'Succeeded' && !ended;
}

/** What is wrong with a pod, in words; undefined where it is ready. */
export function podTrouble({ name, phase, conditions, containers }: KubernetesPod): string | undefined {
  const ready = readyOf(conditions);
  if (ready?.status === 'True' && phase === 'Running') {
    return undefined;
  }
  const waits = containers.filter(({ state, reason }) => state !== 'running' && reason !== '');
  const unplaced = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  const said = unplaced ?? (ready?.status === 'True' ? undefined : ready);
  const why =
    waits.length > 0
      ? [...new Set(waits.map(({ reason }) => reason))].join(', ')
      : said === undefined
        ? ''
        : conditionWords(said);
  return withReason(phase === 'Running' ? `${name} is not ready` : `${name} is ${phase || 'in no phase yet'}`, why);
}
