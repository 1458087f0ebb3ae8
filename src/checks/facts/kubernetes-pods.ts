import type { Condition, KubernetesNode, KubernetesPod } from '../../kubernetes/model.ts';
import { withReason } from '../text.ts';

const readyOf = (conditions: readonly Condition[]): Condition | undefined =>
  conditions.find(({ type }) => type === 'Ready');

/** `KubeletNotReady: container runtime network not ready`. */
function conditionWords({ reason, message }: Condition): string {
  return [reason, message].filter((part) => part.trim() !== '').join(': ');
}

/** Why the node is not Ready; undefined if it is. A node without the condition is not Ready. */
export function notReadyReason({ conditions }: KubernetesNode): string | undefined {
  const ready = readyOf(conditions);
  if (ready === undefined) {
    return 'it has no condition Ready';
  }
  return ready.status === 'True'
    ? undefined
    : conditionWords(ready) || `the condition Ready is ${ready.status || 'empty'}`;
}

/** Conditions that keep pods away from a node even if it is Ready. */
const adverse = new Set(['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']);

/** Adverse conditions of a node, such as `DiskPressure: KubeletHasDiskPressure: …`. */
export function adverseConditions({ conditions }: KubernetesNode): readonly string[] {
  return conditions
    .filter(({ type, status }) => adverse.has(type) && status !== 'False')
    .map((condition) => withReason(condition.type, conditionWords(condition)));
}

/**
 * Whether the pod counts. One does not if it is being deleted, has failed and was replaced, or all its containers have
 * terminated, as after a shutdown of its node.
 */
export function isActive({ deleted, phase, containers }: KubernetesPod): boolean {
  const ended = containers.length > 0 && containers.every(({ state }) => state === 'terminated');
  return !deleted && phase !== 'Failed' && phase !== 'Succeeded' && !ended;
}

/** What is wrong with a pod; undefined if it is ready. */
export function podTrouble({ name, phase, conditions, containers }: KubernetesPod): string | undefined {
  const ready = readyOf(conditions);
  if (ready?.status === 'True' && phase === 'Running') {
    return undefined;
  }
  const waiting = containers.filter(({ state, reason }) => state !== 'running' && reason !== '');
  const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  const condition = unscheduled ?? (ready?.status === 'True' ? undefined : ready);
  const why =
    waiting.length > 0
      ? [...new Set(waiting.map(({ reason }) => reason))].join(', ')
      : condition === undefined
        ? ''
        : conditionWords(condition);
  return withReason(phase === 'Running' ? `${name} is not ready` : `${name} is ${phase || 'in no phase yet'}`, why);
}
