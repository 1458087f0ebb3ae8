import type { Options } from '../config/options.ts';
import { certificateInfo } from '../talos/certificate.ts';
import type { RoundLimits } from './asking.ts';
import type { Cluster, ClusterNode } from './cluster.ts';
import { discover } from './discover.ts';
import type { Gateway } from './gateway.ts';
import { observeNode } from './node.ts';
import type { CredentialsInfo, NodeSnapshot, Snapshot } from './snapshot.ts';

/** Looks at the cluster. Every look ends by its limits, never throws, and what it could not learn says why. */
export interface Observer {
  /** One round: everything of everybody, side by side. */
  whole(limits: RoundLimits): Promise<Snapshot>;
  /** Who is in the cluster and through which endpoint; of the nodes only those that are new. */
  members(limits: RoundLimits): Promise<Snapshot>;
  /** One node again. */
  node(node: ClusterNode, limits: RoundLimits): Promise<void>;
  /** What was seen of each node last, put together. */
  latest(): Snapshot;
}

type ObserverOptions = Pick<Options, 'context' | 'controlPlaneNodes' | 'workerNodes' | 'nodes' | 'endpoints'>;

function credentialsInfo(crt: string | undefined): CredentialsInfo {
  return crt === undefined ? { roles: [] } : certificateInfo(crt);
}

/** What is only needed while a look lasts, such as the trial of an endpoint that was not needed in the end, ends with it. */
async function within<T>(limits: RoundLimits, look: (bounded: RoundLimits) => Promise<T>): Promise<T> {
  const end = new AbortController();
  try {
    return await look({ ...limits, signal: AbortSignal.any([limits.signal, end.signal]) });
  } finally {
    end.abort();
  }
}

/** How long an answer stands for the next one, in milliseconds. */
const freshness = 1000;

export function openObserver(gateway: Gateway, options: ObserverOptions): Observer {
  const credentials = credentialsInfo(options.context.crt);
  const seen = new Map<string, { readonly turn: number; readonly snapshot: NodeSnapshot }>();
  let turns = 0;
  let at = 0;
  let cluster: Cluster | undefined;
  let discovery: Snapshot['discovery'] = {
    ok: false,
    error: { kind: 'other', layer: 'endpoint', code: 'UNAVAILABLE', message: 'nobody was asked yet' },
    at: 0,
  };

  /** Looks overlap: the one that began last has the say, whichever ends last. */
  function see(snapshot: NodeSnapshot, turn: number): void {
    const { name } = snapshot.node;
    if (turn >= (seen.get(name)?.turn ?? 0)) {
      seen.set(name, { turn, snapshot });
    }
  }

  function snapshot(): Snapshot {
    const nodes = (cluster?.nodes ?? []).flatMap(({ name }) => seen.get(name)?.snapshot ?? []);
    const known = cluster ?? { nodes: [], source: 'endpoint', workersKnown: false, notes: [] };
    return { at, cluster: known, discovery, endpoints: gateway.snapshot(), credentials, nodes };
  }

  /** Where the node answered, if that was a moment ago. */
  function knownAddress({ name, address }: ClusterNode, now: number): string | undefined {
    const last = seen.get(name)?.snapshot;
    return last?.node.address === address && now - at < freshness ? last.answeredAt : undefined;
  }

  async function look(limits: RoundLimits, concerns: (node: ClusterNode) => boolean): Promise<Snapshot> {
    turns += 1;
    const turn = turns;
    return await within(limits, async (bounded) => {
      const entry = gateway.enter(bounded);
      const began = limits.now();
      const observeOne = (node: ClusterNode): Promise<NodeSnapshot> =>
        observeNode(node, entry, bounded, knownAddress(node, began));
      // Who answered a moment ago is mostly still there: the answer need not wait for discovery to say so.
      const early = new Map(
        (cluster?.nodes ?? [])
          .filter((node) => concerns(node) && knownAddress(node, began) !== undefined)
          .map((node) => [node.name, { node, observed: observeOne(node) }]),
      );
      const found = await discover(entry, options, cluster);
      const nodes = await Promise.all(
        found.cluster.nodes.filter(concerns).map((node) => {
          const asked = early.get(node.name);
          return asked?.node.address === node.address
            ? asked.observed.then((snapshot) => ({ ...snapshot, node }))
            : observeOne(node);
        }),
      );
      for (const node of nodes) {
        see(node, turn);
      }
      cluster = found.cluster;
      discovery = found.members.ok ? { ...found.members, value: found.members.value.length } : found.members;
      at = limits.now();
      return snapshot();
    });
  }

  return {
    whole: (limits) => look(limits, () => true),
    members: (limits) => look(limits, ({ name, address }) => seen.get(name)?.snapshot.node.address !== address),
    node: async (node, limits) => {
      turns += 1;
      const turn = turns;
      const known = seen.get(node.name)?.snapshot.answeredAt;
      const observed = await within(limits, (bounded) => observeNode(node, gateway.within(bounded), bounded, known));
      // An aborted look knows less than the one before it.
      if (!limits.signal.aborted) {
        see(observed, turn);
        at = limits.now();
      }
    },
    latest: snapshot,
  };
}
