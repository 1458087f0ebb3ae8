import type { NodeInventory } from '../../inputs/inventory.ts';
import { shortNodeId } from '../../values/node-id.ts';
import { isOlder } from './versions.ts';

/** What differs between two inventories of a node. */
export interface Change {
  readonly what:
    | 'node id'
    | 'Talos'
    | 'Kubernetes'
    | 'boot'
    | 'schematic'
    | 'extensions'
    | 'etcd member'
    | 'volumes'
    | 'static pods';
  readonly from: string;
  readonly to: string;
  /** What is worse than before, as a sentence about the node; absent if nothing is. */
  readonly regression?: string;
}

/** How two boots that were told by their time can differ and be the same, in milliseconds: clocks are corrected. */
const sameBootWithin = 30_000;

/** Whether both are the same boot; undefined if that cannot be told. */
export function isSameBoot(one: NodeInventory['boot'], other: NodeInventory['boot']): boolean | undefined {
  if (one === undefined || other === undefined) {
    return undefined;
  }
  if ('id' in one && 'id' in other) {
    return one.id === other.id;
  }
  // Talos has boot ids since 1.14: a machine that had none and now has one was upgraded, and upgrades boot.
  return 'at' in one && 'at' in other ? Math.abs(Date.parse(one.at) - Date.parse(other.at)) < sameBootWithin : false;
}

/** Pure. What one of the two does not say is no difference. */
export function changesOf(before: NodeInventory, after: NodeInventory, allowDowngrade: boolean): readonly Change[] {
  return [
    ...identityChange(before, after),
    ...versionChange('Talos', before.talosVersion, after.talosVersion, allowDowngrade),
    ...versionChange('Kubernetes', before.kubernetesVersion, after.kubernetesVersion, allowDowngrade),
    ...(isSameBoot(before.boot, after.boot) === false
      ? [{ what: 'boot', from: bootText(before.boot), to: bootText(after.boot) } as const]
      : []),
    ...(before.extensions === undefined || after.extensions === undefined || before.schematic === after.schematic
      ? []
      : [{ what: 'schematic', from: short(before.schematic), to: short(after.schematic) } as const]),
    ...listChange('extensions', before.extensions, after.extensions, nameOf, 'lost the extension'),
    ...(before.etcdMemberId === undefined ||
    after.etcdMemberId === undefined ||
    before.etcdMemberId === after.etcdMemberId
      ? []
      : [{ what: 'etcd member', from: before.etcdMemberId, to: after.etcdMemberId } as const]),
    ...volumeChange(before, after),
    ...listChange('static pods', before.staticPods, after.staticPods, (pod) => pod, 'lost the static pod'),
  ];
}

function identityChange({ nodeId: from }: NodeInventory, { nodeId: to }: NodeInventory): readonly Change[] {
  return from === undefined || to === undefined || from === to
    ? []
    : [
        {
          what: 'node id',
          from: shortNodeId(from),
          to: shortNodeId(to),
          regression: 'was wiped or replaced: its node id is another',
        },
      ];
}

function versionChange(
  what: 'Talos' | 'Kubernetes',
  from: string | undefined,
  to: string | undefined,
  allowDowngrade: boolean,
): readonly Change[] {
  if (from === undefined || to === undefined || from === to) {
    return [];
  }
  const isRegression = !allowDowngrade && isOlder(to, from);
  return [{ what, from, to, ...(isRegression && { regression: `went back from ${what} ${from} to ${to}` }) }];
}

const short = (schematic: string | undefined): string => schematic?.slice(0, 8) ?? 'none';

const bootText = (boot: NodeInventory['boot']): string => (boot === undefined ? '' : 'id' in boot ? boot.id : boot.at);

const nameOf = (extension: string): string => extension.split(':')[0] ?? extension;

function listChange(
  what: 'extensions' | 'static pods',
  from: readonly string[] | undefined,
  to: readonly string[] | undefined,
  key: (entry: string) => string,
  loses: string,
): readonly Change[] {
  if (from === undefined || to === undefined || from.join() === to.join()) {
    return [];
  }
  const kept = new Set(to.map(key));
  const lost = from.filter((entry) => !kept.has(key(entry)));
  return [
    {
      what,
      from: from.join(', ') || 'none',
      to: to.join(', ') || 'none',
      ...(lost.length > 0 && { regression: `${loses}${lost.length === 1 ? '' : 's'} ${lost.join(', ')}` }),
    },
  ];
}

function volumeChange({ volumes: from }: NodeInventory, { volumes: to }: NodeInventory): readonly Change[] {
  if (from === undefined || to === undefined) {
    return [];
  }
  const text = (volumes: typeof from): string => volumes.map(({ id, phase }) => `${id} ${phase}`).join(', ') || 'none';
  if (text(from) === text(to)) {
    return [];
  }
  const phases = new Map(to.map(({ id, phase }) => [id, phase]));
  const worse = from.flatMap(({ id, phase }) => {
    const now = phases.get(id);
    if (now === undefined) {
      return [`lost the volume ${id}`];
    }
    return phase === 'ready' && now !== 'ready' ? [`has the volume ${id} ${now}, and it was ready`] : [];
  });
  return [
    { what: 'volumes', from: text(from), to: text(to), ...(worse.length > 0 && { regression: worse.join('; ') }) },
  ];
}

/** The inventory that each node had: by its node id, else by its name. */
export function matchBaseline(
  before: readonly NodeInventory[],
  after: readonly Pick<NodeInventory, 'name' | 'nodeId'>[],
): { readonly ofNode: ReadonlyMap<string, NodeInventory>; readonly gone: readonly NodeInventory[] } {
  const byId = new Map(before.flatMap((node) => (node.nodeId === undefined ? [] : [[node.nodeId, node] as const])));
  const byName = new Map(before.map((node) => [node.name, node]));
  const ofNode = new Map(
    after.flatMap(({ name, nodeId }) => {
      const found = (nodeId === undefined ? undefined : byId.get(nodeId)) ?? byName.get(name);
      return found === undefined ? [] : [[name, found] as const];
    }),
  );
  const found = new Set(ofNode.values());
  return { ofNode, gone: before.filter((node) => !found.has(node)) };
}
