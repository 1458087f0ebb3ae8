import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { Cause } from '../check.ts';
import { here } from '../outcome.ts';

/** Unmet conditions that other checks report, primarily from another source. */
const ofOtherChecks = new Set(['services', 'staticPods', 'nodeReady']);

/** Why Talos reports this condition as unmet; undefined if it does not, or the machine status is unknown. */
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

/** Unmet conditions that no other check reports: `time`, `network`, and those of newer versions of Talos. */
export function remainingConditions(node: NodeSnapshot): readonly string[] {
  return node.machineStatus.ok
    ? node.machineStatus.value.unmetConditions
        .filter(({ name }) => !ofOtherChecks.has(name))
        .map(({ name, reason }) => `${name}: ${reason}`)
    : [];
}

/**
 * The services in the reason of the unmet condition `services`: Talos joins `kubelet not running`, `etcd not healthy` with
 * commas. A part in another format has no `service`.
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

/** A machine that reboots or shuts down stops its etcd. While it boots, `etcd-service` decides whether etcd waits for the boot. */
export function stageCauses({ machineStatus }: NodeSnapshot): readonly Cause[] {
  return machineStatus.ok && machineStatus.value.stage === 'booting' ? [] : here('boot-finished');
}
