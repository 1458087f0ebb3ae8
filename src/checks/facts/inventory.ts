import type { NodeInventory } from '../../inputs/inventory.ts';
import type { NodeFacetName } from '../../observe/facets/table.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { extensionsOf, extensionText, schematicOf } from './extensions.ts';
import { apiServerVersion, knownKubeletVersion } from './kubernetes-versions.ts';
import { nodeIdOf } from './nodes.ts';

/** What an inventory is made of, besides what every run reads. */
export const inventoryFacets = [
  'boot',
  'extensions',
  'schematic',
  'volumes',
  'staticPods',
  'kubeletImage',
  'etcdStatus',
] as const satisfies readonly NodeFacetName[];

export function inventoryOf(seen: NodeSnapshot, snapshot: Snapshot): NodeInventory {
  const { node, version, boot, volumes, staticPods, etcdStatus } = seen;
  const nodeId = nodeIdOf(seen);
  const kubernetesVersion = kubernetesVersionOf(seen, snapshot);
  const schematic = schematicOf(seen);
  const extensions = extensionsOf(seen);
  return {
    name: node.name,
    ...(nodeId !== undefined && { nodeId }),
    role: node.role,
    ...(version.ok && { talosVersion: version.value.tag }),
    ...(kubernetesVersion !== undefined && { kubernetesVersion }),
    ...(boot.ok && { boot: 'id' in boot.value ? boot.value : { at: new Date(boot.value.at).toISOString() } }),
    ...(schematic !== undefined && { schematic }),
    ...(extensions !== undefined && { extensions: extensions.map(extensionText).toSorted() }),
    ...(etcdStatus.ok && { etcdMemberId: etcdStatus.value.memberId }),
    ...(volumes.ok && {
      volumes: volumes.value
        .filter(({ id }) => isOnDisk(id))
        .map(({ id, phase }) => ({ id, phase }))
        .toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    }),
    ...(staticPods.ok && { staticPods: staticPods.value.map(({ id }) => id).toSorted() }),
  };
}

function kubernetesVersionOf(seen: NodeSnapshot, snapshot: Snapshot): string | undefined {
  return knownKubeletVersion(seen, snapshot) ?? apiServerVersion(seen);
}

/** Talos since 1.14 lists directories as volumes, too. */
const isOnDisk = (id: string): boolean => !id.startsWith('/');
