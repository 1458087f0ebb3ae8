import { canonicalHost, looksLikeIp } from './address.ts';

/** Machines by their names and addresses. */
export interface HostIndex<T> {
  /** The only one that claims this name or address; undefined if none or several do. */
  find(host: string): T | undefined;
  /** All that claim it. */
  claimants(host: string): readonly T[];
}

/** What a machine may be called by, as far as it is known. */
interface Machine {
  readonly name?: string;
  readonly nodeId?: string;
  readonly address?: string;
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

/** Everything that identifies a machine, as far as no other machine claims it. */
export function hostsOf({ name = '', nodeId = '', names, address = '', addresses }: Machine): readonly string[] {
  return [name, nodeId, address, ...names, ...addresses].filter((host) => host !== '');
}

const firstLabel = (name: string): string => name.split('.', 1)[0] ?? name;

/**
 * Finds machines by any attribute that only one of them claims: case and the
 * spelling of an address do not matter. A short host name stands for the fully
 * qualified one and the other way round, unless a machine has the very name.
 *
 * @param hostsOf names, addresses and ids of one machine
 */
export function hostIndex<T>(machines: readonly T[], hostsOf: (machine: T) => readonly string[]): HostIndex<T> {
  const exact = new Map<string, Set<T>>();
  const byLabel = new Map<string, Map<string, Set<T>>>();
  for (const machine of machines) {
    for (const host of hostsOf(machine)) {
      const key = canonicalHost(host);
      claim(exact, key, machine);
      if (!looksLikeIp(key)) {
        const label = firstLabel(key);
        const names = byLabel.get(label) ?? new Map<string, Set<T>>();
        byLabel.set(label, names);
        claim(names, key, machine);
      }
    }
  }

  /** By a name that is only longer or shorter than theirs. */
  function byOtherLength(key: string): readonly T[] {
    const label = firstLabel(key);
    const names = [...(byLabel.get(label) ?? [])].filter(([name]) => name === label || key === label);
    return [...new Set(names.flatMap(([, claimants]) => [...claimants]))];
  }

  function claimants(host: string): readonly T[] {
    const key = canonicalHost(host);
    const found = exact.get(key);
    return found !== undefined ? [...found] : looksLikeIp(key) ? [] : byOtherLength(key);
  }

  return {
    claimants,
    find: (host) => {
      const [first, ...others] = claimants(host);
      return others.length === 0 ? first : undefined;
    },
  };
}

function claim<T>(claims: Map<string, Set<T>>, key: string, machine: T): void {
  claims.set(key, (claims.get(key) ?? new Set()).add(machine));
}
