import type { Member } from '../../talos/model/machine.ts';
import { canonicalHost } from '../../values/address.ts';
import { merge, type NodeRecord } from './cluster.ts';

/** The members of the cluster as discovered by one machine. */
export interface MemberList {
  /** The endpoint that returned it, or the name of the node. */
  readonly from: string;
  /** Of the machine that returned it, if known. */
  readonly nodeId: string | undefined;
  readonly members: readonly Member[];
  /** When it arrived, epoch milliseconds. */
  readonly at: number;
}

/** A member without a name and an address is ignored: the answer hardly comes from discovery. */
const isValid = ({ hostname, addresses }: Member): boolean => hostname !== '' || addresses.length > 0;

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

/** Avoids merging members that do not differ: lists mostly agree, and in a large cluster they are long. */
function isSame({ hostname, nodename, addresses }: Member, other: Member | undefined): boolean {
  return (
    hostname === other?.hostname &&
    nodename === other.nodename &&
    addresses.length === other.addresses.length &&
    addresses.every((address, index) => address === other.addresses[index])
  );
}

/** All members of any list, and how the lists differ. */
export interface MergedLists {
  readonly records: readonly NodeRecord[];
  /** A sentence for each list that lacks a member, naming both sides. */
  readonly notes: readonly string[];
}

/** The union of several member lists: a restarted machine may list only itself for minutes, and that hides no node. */
export function mergeLists(lists: readonly MemberList[]): MergedLists {
  const records = new Map<string, NodeRecord>();
  const first = new Map<string, Member>();
  const shared = sharedIds(lists);
  /** The same in every list, even if lists differ in other attributes of the machine. */
  const keyOf = ({ nodeId, nodename, hostname }: Member): string =>
    nodeId === '' || shared.has(nodeId) ? `${nodeId} name ${nodename || hostname}` : nodeId;
  const known = lists.map(({ members }) => {
    const valid = members.filter(isValid);
    for (const member of valid) {
      const key = keyOf(member);
      const earlier = records.get(key);
      if (earlier === undefined) {
        records.set(key, recordOf(member));
        first.set(key, member);
      } else if (!isSame(member, first.get(key))) {
        records.set(key, merge(earlier, recordOf(member)));
      }
    }
    return new Set(valid.map(keyOf));
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
