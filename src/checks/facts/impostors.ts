import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { shortNodeId } from '../../values/node-id.ts';
import { nodeOfId } from './judged.ts';

/** Who answers in its place: `cp-2 answers at 10.0.0.100 in its place`. */
export function inItsPlace({ impostors = [] }: NodeSnapshot, snapshot: Snapshot): string {
  return impostors
    .map(({ address, nodeId = '', nodename }) => {
      const other = nodename ?? nodeOfId(snapshot, nodeId)?.name ?? `a machine with the node id ${shortNodeId(nodeId)}`;
      return `${other} answers at ${address} in its place`;
    })
    .join('; ');
}
