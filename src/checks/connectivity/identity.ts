import type { NodeSnapshot } from '../../observe/snapshot.ts';
import { isNotExposed } from '../../talos/failure.ts';
import { nodeCheck } from '../define.ts';
import { perSnapshot } from '../facts/per-snapshot.ts';
import { hint, pass, pending, skip, unreadable } from '../outcome.ts';
import { talosctl } from '../text.ts';

const idOf = ({ identity }: NodeSnapshot): string => (identity.ok ? identity.value : '');
const nodenameOf = ({ node, nodename }: NodeSnapshot): string =>
  nodename.ok ? nodename.value.nodename : (node.nodename ?? '');

const nodesBy = perSnapshot(({ nodes }) => {
  const answering = nodes.filter(({ version }) => version.ok);
  return { ofId: Map.groupBy(answering, idOf), ofNodename: Map.groupBy(answering, nodenameOf) };
});

function others(same: readonly NodeSnapshot[] | undefined, node: NodeSnapshot): readonly string[] {
  return (same ?? []).filter((other) => other.node.name !== node.node.name).map((other) => other.node.name);
}

export const identity = nodeCheck({
  id: 'identity',
  stage: 'connectivity',
  scope: 'node',
  title: 'the machine has a node id and a name of its own',
  explanation:
    'Two machines have one node id (copies of a disk) or one Kubernetes node name, and are taken for each other.',
  requires: ['api-reachable'],
  reads: [],
  alsoReads: ['identity', 'nodename'],
  docs: {
    pending:
      'another node has the same node id (disks that were copied) or the same Kubernetes node name, or the node id gives no answer',
    skip: 'the version of Talos does not tell the node id to a reader',
    talosctl: 'not asked there: who answers at an address is believed',
    reports: ['kubernetes/kubernetes#73453'],
    advice: 'Give each machine a host name of its own, and wipe the STATE partition of copies',
    commands: ['talosctl -n 10.0.0.2 get identity', 'talosctl -n 10.0.0.2 get nodename'],
  },
  evaluate(_, { node, snapshot }) {
    const { identity } = node;
    const { ofId, ofNodename } = nodesBy(snapshot);
    const id = idOf(node);
    const copies = id === '' ? [] : others(ofId.get(id), node);
    if (copies.length > 0) {
      return pending(
        `${copies.join(', ')} ${copies.length === 1 ? 'has' : 'have'} the same node id`,
        hint(
          'The machines were copied from one disk, and take each other’s place in discovery: wipe the STATE partition of the copies and configure them anew.',
          talosctl(node, 'get identity'),
        ),
      );
    }
    const nodename = nodenameOf(node);
    const sameName = nodename === '' ? [] : others(ofNodename.get(nodename), node);
    if (sameName.length > 0) {
      return pending(
        `${sameName.join(', ')} ${sameName.length === 1 ? 'goes' : 'go'} by the same Kubernetes node name, ${nodename}`,
        hint(
          'Give each machine a host name of its own: Kubernetes takes them for one node.',
          talosctl(node, 'get hostname'),
          talosctl(node, 'get nodename'),
        ),
      );
    }
    if (identity.ok) {
      return pass('a machine of its own');
    }
    return isNotExposed(identity.error)
      ? skip(`the node does not say which machine it is: ${identity.error.message}`)
      : unreadable(node, 'identity', identity.error);
  },
});
