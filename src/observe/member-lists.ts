import type { Member } from '../talos/model.ts';
import { canonicalHost } from '../values/address.ts';
import { merge, type NodeRecord } from './cluster.ts';

/** Who is in the cluster, by the discovery of one machine. */
export interface MemberList {
  /** The endpoint that gave it, or the name of the node. */
  readonly from: string;
  /** Of the machine that gave it, where that is known. */
  readonly nodeId: string | undefined;
  readonly members: readonly Member[];
  /** When it came, epoch milliseconds. */
  readonly at: number;
}

/** A member without a name and an address is nobody: what answered is hardly discovery. */
const isSomebody = ({ hostname, addresses }: Member): boolean => hostname !== '' || addresses.length > 0;

/** Node ids that one list gives to several machines: copies of one disk. */
function sharedIds(lists: readonly MemberList[]): ReadonlySet<string> {
  const shared = new Set<string>();
  for (const { members } of lists) {
    const seen = new Set<string>();
    for (const { nodeId } of members) {
      (seen.has(nodeId) ? shared : seen).add(nodeId);
    }
  }
  return shared;
}

function recordOf({ nodeId, nodename, hostname, addresses, role, apiServerPort }: Member): NodeRecord {
  return {
    ...(nodeId !== '' && { nodeId }),
    ...(nodename !== '' && { nodename }),
    name: hostname,
    names: [...new Set([hostname, nodename].filter((name) => name !== ''))],
    addresses: addresses.map(canonicalHost),
    role,
    source: 'discovery',
    apiServerPort,
  };
}

/** Lists mostly agree, and a large cluster has long ones. */
function isSame({ hostname, nodename, addresses }: Member, other: Member | undefined): boolean {
  return (
    hostname === other?.hostname &&
    nodename === other.nodename &&
    addresses.length === other.addresses.length &&
    addresses.every((address, index) => address === other.addresses[index])
  );
}

/** Everyone whom any list names, and where the lists disagree. */
export interface United {
  readonly records: readonly NodeRecord[];
  /** A sentence for each list that lacks somebody, with both sides. */
  readonly notes: readonly string[];
}

/**
 * The union of what several machines know: one that was restarted may know
 * only itself for minutes, and hides nobody by that.
 */
export function unite(lists: readonly MemberList[]): United {
  const records = new Map<string, NodeRecord>();
  const first = new Map<string, Member>();
  const shared = sharedIds(lists);
  /** The same in every list, whatever else one of them has of the machine. */
  const keyOf = ({ nodeId, nodename, hostname }: Member): string =>
    nodeId === '' || shared.has(nodeId) ? `${nodeId} name ${nodename || hostname}` : nodeId;
  const known = lists.map(({ members }) => {
    const somebody = members.filter(isSomebody);
    for (const member of somebody) {
      const key = keyOf(member);
      const earlier = records.get(key);
      if (earlier === undefined) {
        records.set(key, recordOf(member));
        first.set(key, member);
      } else if (!isSame(member, first.get(key))) {
        records.set(key, merge(earlier, recordOf(member)));
      }
    }
    return new Set(somebody.map(keyOf));
  });
  const names = new Map([...records].map(([key, { name, addresses }]) => [key, name || (addresses[0] ?? '')]));
  const nameOf = ({ from, nodeId = '' }: MemberList): string => names.get(nodeId) ?? from;
  const notes = lists.flatMap((list, index) => {
    const own = known[index] ?? new Set();
    const missing = [...names].filter(([key]) => !own.has(key));
    const [first] = missing;
    if (first === undefined) {
      return [];
    }
    const others = lists.filter((_, other) => known[other]?.has(first[0])).map(nameOf);
    const [only = ''] = own.size === 1 && names.size > 2 ? own : [];
    const what = only === '' ? `lacks ${listed(missing.map(([, name]) => name))}` : `knows only ${names.get(only)}`;
    return [`discovery on ${nameOf(list)} ${what}, unlike on ${listed([...new Set(others)])}`];
  });
  return { records: [...records.values()], notes: [...new Set(notes)] };
}

const shown = 5;

function listed(names: readonly string[]): string {
  return names.length > shown
    ? `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`
    : names.join(', ');
}
