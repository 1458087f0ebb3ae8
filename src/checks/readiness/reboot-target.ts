import type { NodeSnapshot } from '../../observe/snapshot.ts';
import { clusterCheck } from '../define.ts';
import { namesOf } from '../facts/nodes.ts';
import { halfDoneUpgrade, namedNodes, type Objection, sentence } from '../facts/reboot.ts';
import { hint, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

/** Why a node must not be interrupted. One that does not answer does nothing that the others count on. */
function interruption(seen: NodeSnapshot): readonly Objection[] {
  const { node, version, machineStatus } = seen;
  if (!version.ok) return [];
  if (!machineStatus.ok) {
    const words = `cannot tell whether ${node.name} is in the middle of an upgrade: ${machineStatus.error.message}`;
    return [{ words, node: seen }];
  }
  const { stage } = machineStatus.value;
  return stage === 'running'
    ? halfDoneUpgrade(seen)
    : [{ words: `${node.name} is ${stage}: let it finish`, node: seen }];
}

export const rebootTarget = clusterCheck({
  id: 'reboot-target',
  stage: 'readiness',
  title: 'the nodes of safe-to-reboot are of the cluster, and nothing that they do must be let finish',
  explanation: 'A node that is about to go down is not known, or in the middle of an upgrade or a boot.',
  requires: ['topology'],
  reads: [],
  alsoReads: ['cluster', 'machineStatus', 'version', 'upgrade'],
  enabled: ({ safeToReboot }) => safeToReboot !== undefined,
  docs: {
    pending:
      'an entry of `safe-to-reboot` names no node of the cluster, or more than one; or a node that answers is in another stage than running (it boots, installs, upgrades, resets, reboots or shuts down), or its stage is not known; or META holds a staged upgrade (`0x07`, `0x08`) or an armed fallback (`0x06`), or cannot be read',
    talosctl: 'not asked there',
    advice:
      'Name the nodes by their names, addresses or node ids, and let a boot or an upgrade finish; if the reboot is meant to finish an upgrade, make this check a warning',
    commands: ['talosctl get members', 'talosctl -n 10.0.0.2 get machinestatus', 'talosctl -n 10.0.0.2 get metakeys'],
  },
  evaluate(_, { snapshot, options }) {
    const { named, unknown, ambiguous } = namedNodes(snapshot, options);
    const known = snapshot.nodes.slice(0, 10).map(({ node }) => node.name);
    const objections: readonly Objection[] = [
      ...unknown.map((entry) => ({ words: `${entry} is no node of the cluster, which has ${known.join(', ')}` })),
      ...ambiguous.map(({ entry, nodes }) => ({ words: `${entry} names ${nodes.join(' and ')}` })),
      ...named.flatMap(interruption),
    ];
    return objections.length === 0
      ? pass(namesOf(named))
      : pending(
          sentence(objections),
          hint(
            'Name the nodes as the cluster does, and let a boot or an upgrade finish. If the reboot is meant to finish an upgrade, make the check reboot-target a warning.',
            'talosctl get members',
            ...(named.length === 0 ? [] : [talosctl(named, 'get machinestatus'), talosctl(named, 'get metakeys')]),
          ),
        );
  },
});
