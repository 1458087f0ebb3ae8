import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { Hint } from '../check.ts';
import { hint } from '../outcome.ts';
import { talosctl } from '../text.ts';

/** What to do where a node answers and its etcd does not: the node's own log says nothing of that. */
export function silentEtcd(node: NodeSnapshot): Hint {
  return hint(
    'The node answers, but its etcd does not. See whether it runs, and read its log: slow disks and a network that is cut (TCP port 2380) are the usual reasons.',
    talosctl(node, 'service etcd'),
    talosctl(node, 'logs etcd'),
  );
}
