import { canonicalHost, looksLikeIp } from './address.ts';

/** An index of machines by their names, addresses and ids. */
export interface HostIndex<T> {
  /** The machine with this name or address; undefined if there is none or more than one. */
  find(host: string): T | undefined;
  /** All machines with it. */
  claimants(host: string): readonly T[];
}

/** The known attributes that can identify a machine. */
interface Machine {
  readonly name?: string;
  readonly nodeId?: string;
  readonly address?: string;
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

/** All names, addresses and ids of a machine. Another machine may claim the same. */
export function hostsOf({ name = '', nodeId = '', names, address = '', addresses }: Machine): readonly string[] {
  return [name, nodeId, address, ...names, ...addresses].filter((host) => host !== '');
}

const firstLabel = (name: string): string => name.split('.', 1)[0] ?? name;

/**
 * Creates an index, which ignores case and the spelling of addresses. If no machine
 * has the exact name, a short host name matches the fully qualified one, and vice versa.
 *
 * @param hostsOf returns the names, addresses and ids of a machine
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

  /** By the fully qualified form of a short name, or the short form of a fully qualified one. */
  function byOtherForm(key: string): readonly T[] {
    const label = firstLabel(key);
    const names = [...(byLabel.get(label) ?? [])].filter(([name]) => name === label || key === label);
    return [...new Set(names.flatMap(([, claimants]) => [...claimants]))];
  }

  function claimants(host: string): readonly T[] {
    const key = canonicalHost(host);
    const found = exact.get(key);
    return found !== undefined ? [...found] : looksLikeIp(key) ? [] : byOtherForm(key);
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
