import { looksLikeIp } from '../../values/address.ts';
import { hostIndex, hostsOf } from '../../values/host-index.ts';
import { type Cluster, merge, type NodeRecord, type Role, toNodes } from './cluster.ts';

/** A given address is called as it is. A name is called only if no address is known: the endpoint has to resolve it. */
function given(host: string, role: Role): NodeRecord {
  const isAddress = looksLikeIp(host);
  return {
    names: isAddress ? [] : [host],
    ...(isAddress && { address: host }),
    addresses: isAddress ? [host] : [],
    role,
    source: 'given',
  };
}

const roleWords: Readonly<Record<Role, string>> = { controlplane: 'a control plane', worker: 'a worker' };

/** A machine as discovery lists it: `cp-1 (10.0.0.1, fd00::1)`. */
function described({ name = '', addresses }: NodeRecord): string {
  const known = addresses.join(', ');
  return name === '' ? known : known === '' ? name : `${name} (${known})`;
}

interface Given {
  readonly host: string;
  readonly role: Role;
  /** Its entry in discovery. */
  readonly found: NodeRecord | undefined;
}

/** How discovery, if there is any, disagrees with the given lists. */
function disagreements(givens: readonly Given[], discovered: readonly NodeRecord[]): readonly string[] {
  if (discovered.length === 0) {
    return [];
  }
  const byRecord = Map.groupBy(givens, ({ found }) => found);
  return [
    ...givens.flatMap(({ role, host, found }) => {
      if (found === undefined) {
        return [`${host} is given as ${roleWords[role]}, but discovery does not know it`];
      }
      return found.role === role
        ? []
        : [`${host} is given as ${roleWords[role]}, but discovery has ${described(found)} as ${roleWords[found.role]}`];
    }),
    ...[...byRecord].flatMap(([found, same]) =>
      found === undefined || same.length < 2
        ? []
        : [
            `${same.map(({ host }) => host).join(' and ')} are given, and discovery has them as one machine: ${described(found)}`,
          ],
    ),
    ...leftOut(givens, discovered).map(
      (record) =>
        `${described(record)} is discovered as ${roleWords[record.role]}, but not among the given nodes, and is not judged`,
    ),
  ];
}

function leftOut(givens: readonly Given[], discovered: readonly NodeRecord[]): readonly NodeRecord[] {
  const found = new Set(givens.map((one) => one.found));
  return discovered.filter((record) => !found.has(record));
}

/**
 * The cluster consists of the given nodes, as in talosctl. Discovery only adds ids, names and further addresses; its
 * disagreements become notes. Hosts must be canonical.
 */
export function givenCluster(
  controlPlanes: readonly string[],
  workers: readonly string[],
  discovered: readonly NodeRecord[],
): Cluster {
  const index = hostIndex(discovered, hostsOf);
  const givens = [
    ...controlPlanes.map((host): Given => ({ host, role: 'controlplane', found: index.find(host) })),
    ...workers.map((host): Given => ({ host, role: 'worker', found: index.find(host) })),
  ];
  const records = new Map<NodeRecord, NodeRecord>();
  for (const { host, role, found } of givens) {
    const own = given(host, role);
    const record = found === undefined ? own : merge(own, found);
    const earlier = records.get(found ?? own);
    records.set(found ?? own, earlier === undefined ? record : merge(earlier, record));
  }
  return {
    nodes: toNodes([...records.values()]),
    source: 'given',
    workersKnown: true,
    notes: disagreements(givens, discovered),
    ...(discovered.length > 0 && { leftOut: leftOut(givens, discovered).map(described) }),
  };
}
