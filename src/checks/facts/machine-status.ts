import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { Cause } from '../check.ts';
import { here } from '../outcome.ts';

/** Unmet conditions that have a check of their own, which judges them from its own source first. */
const judgedElsewhere = new Set(['services', 'staticPods', 'nodeReady']);

/** Why Talos holds back `status.ready` for the condition of this name; undefined where it does not, or cannot be asked. */
export function unmetReason(
  node: NodeSnapshot,
  condition: 'services' | 'staticPods' | 'nodeReady',
): string | undefined {
  if (!node.machineStatus.ok) {
    return undefined;
  }
  const unmet = node.machineStatus.value.unmetConditions.filter(({ name }) => name === condition);
  return unmet.length === 0 ? undefined : unmet.map(({ reason }) => reason).join(', ');
}

/** Unmet conditions that no other check judges: `time`, `network`, and whatever a newer Talos adds. */
export function remainingConditions(node: NodeSnapshot): readonly string[] {
  return node.machineStatus.ok
    ? node.machineStatus.value.unmetConditions
        .filter(({ name }) => !judgedElsewhere.has(name))
        .map(({ name, reason }) => `${name}: ${reason}`)
    : [];
}

/**
 * The services that the unmet condition `services` names, with its words for
 * each: Talos joins `kubelet not running`, `etcd not healthy` by commas. A part
 * that reads otherwise keeps its words and has no service.
 */
export function unmetServices(node: NodeSnapshot): readonly { readonly service?: string; readonly words: string }[] {
  const reason = unmetReason(node, 'services');
  if (reason === undefined) {
    return [];
  }
  return reason.split(', ').map((words) => {
    const service = /^(\S+) not (?:running|healthy)$/.exec(words)?.[1];
    return service === undefined ? { words } : { service, words };
  });
}

/** Whether Talos runs in a container: disk and memory are those of its host. */
export function isContainer({ version }: NodeSnapshot): boolean {
  return version.ok && version.value.mode === 'container';
}

/** Whoever reboots or shuts down stops its etcd; while it boots, only `etcd-service` can tell whether etcd waits for the boot. */
export function stageCauses({ machineStatus }: NodeSnapshot): readonly Cause[] {
  return machineStatus.ok && machineStatus.value.stage === 'booting' ? [] : here('boot-finished');
}
