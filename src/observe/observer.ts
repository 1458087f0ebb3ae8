import type { Options } from '../config/options.ts';
import { certificateInfo } from '../talos/certificate.ts';
import { keepHeapSmall } from '../talos/connection.ts';
import { openApiServers } from './api-server.ts';
import type { RoundLimits } from './asking.ts';
import { type Cluster, type ClusterNode, isSmall, withKubernetesWorkers } from './cluster.ts';
import { discover } from './discover.ts';
import type { Gateway } from './gateway.ts';
import type { KubernetesEye } from './kubernetes.ts';
import { observeNode } from './node.ts';
import type { CredentialsInfo, NodeSnapshot, Snapshot } from './snapshot.ts';

/** Looks at the cluster. Every look ends by its limits, never throws, and what it could not learn says why. */
export interface Observer {
  /** One round: everything of everybody, side by side. */
  whole(limits: RoundLimits): Promise<Snapshot>;
  /** Who is in the cluster and through which endpoint; of the nodes only those that are new, or could not be asked for want of an endpoint. */
  members(limits: RoundLimits): Promise<void>;
  /** One node again. */
  node(node: ClusterNode, limits: RoundLimits): Promise<void>;
  /** The Kubernetes API again. */
  kubernetes(limits: RoundLimits): Promise<void>;
  /** What was seen of each node last, put together. */
  latest(): Snapshot;
}

type ObserverOptions = Pick<Options, 'expected' | 'proxying'> &
  Pick<Options, 'context' | 'controlPlaneNodes' | 'workerNodes' | 'nodes' | 'endpoints'>;

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

function controlPlanesOf(cluster: Cluster | undefined): readonly ClusterNode[] {
  return (cluster?.nodes ?? []).filter(({ role }) => role === 'controlplane');
}

/** How long an answer stands for the next one, in milliseconds, where there are more than a few nodes: of many that die at once each would hold up a dozen calls. */
const freshness = 1000;
/** Of so many nodes the answers are worth to save memory for. */
const many = 200;

export function openObserver(gateway: Gateway, options: ObserverOptions, eye: KubernetesEye): Observer {
  const credentials = credentialsInfo(options.context.crt);
  const versions = options.expected.kubernetesVersion !== undefined;
  const wants = { versions, askApiServer: openApiServers(options.proxying) };
  const seen = new Map<string, { readonly turn: number; readonly snapshot: NodeSnapshot }>();
  let ofKubernetes = { turn: 0, snapshot: eye.unseen };
  let turns = 0;
  let at = 0;
  let cluster: Cluster | undefined;
  let clusterTurn = 0;
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

  function seeKubernetes(snapshot: Snapshot['kubernetes'], turn: number): void {
    ofKubernetes = turn >= ofKubernetes.turn ? { turn, snapshot } : ofKubernetes;
  }

  function snapshot(): Snapshot {
    const nodes = (cluster?.nodes ?? []).flatMap(({ name }) => seen.get(name)?.snapshot ?? []);
    const known = cluster ?? { nodes: [], source: 'endpoint', workersKnown: false, notes: [] };
    const endpoints = gateway.snapshot();
    return { at, cluster: known, discovery, endpoints, credentials, nodes, kubernetes: ofKubernetes.snapshot };
  }

  /** Where nodes are expected to answer: those that did a moment ago, and of only a few all, until they do not. */
  function expectation(known: Cluster | undefined, now: number): (node: ClusterNode) => string | undefined {
    const ofFew = known !== undefined && isSmall(known);
    return ({ name, address }) => {
      const last = seen.get(name)?.snapshot;
      if (last?.node.address !== address) {
        return ofFew ? address : undefined;
      }
      return ofFew || now - at < freshness ? last.answeredAt : undefined;
    };
  }

  /** With the workers that Kubernetes has: who is known by it does not leave because it could not be asked for a moment. */
  async function withWorkers(found: Cluster, asked: Promise<Snapshot['kubernetes']> | undefined): Promise<Cluster> {
    const answer = (await asked) ?? ofKubernetes.snapshot;
    if (answer.access && answer.nodes.ok) {
      return withKubernetesWorkers(found, answer.nodes.value);
    }
    return cluster?.source === 'kubernetes' ? cluster : found;
  }

  /** One look. What it saw is kept unless it was aborted: then it knows less than the one before it. */
  async function look<T>(
    limits: RoundLimits,
    observe: (bounded: RoundLimits) => Promise<T>,
    keep: (observed: T, turn: number) => void,
  ): Promise<void> {
    turns += 1;
    const turn = turns;
    const observed = await within(limits, observe);
    if (!limits.signal.aborted) {
      keep(observed, turn);
      at = limits.now();
    }
  }

  function lookAround(
    limits: RoundLimits,
    concerns: (node: ClusterNode) => boolean,
    lookAtKubernetes: typeof eye.look | undefined,
  ): Promise<void> {
    const observe = async (bounded: RoundLimits) => {
      const entry = gateway.enter(bounded, limits.signal);
      const began = limits.now();
      const observeOne = (node: ClusterNode, at: string | undefined): Promise<NodeSnapshot> =>
        observeNode(node, entry, bounded, at, wants);
      const expected = expectation(cluster, began);
      // Who is expected to answer need not wait for discovery to say that it is still there.
      const early = new Map(
        (cluster?.nodes ?? []).filter(concerns).flatMap((node) => {
          const address = expected(node);
          return address === undefined ? [] : [[node.name, { node, observed: observeOne(node, address) }]];
        }),
      );
      const discovering = discover(entry, options, cluster);
      const kubernetes = lookAtKubernetes?.(entry, bounded, async () => controlPlanesOf((await discovering).cluster));
      const found = await discovering;
      const members = found.cluster.workersKnown ? found.cluster : await withWorkers(found.cluster, kubernetes);
      const expectedNow = expectation(members, began);
      if (members.nodes.length > many) {
        keepHeapSmall();
      }
      const nodes = await Promise.all(
        members.nodes.filter(concerns).map((node) => {
          const asked = early.get(node.name);
          return asked?.node.address === node.address
            ? asked.observed.then((snapshot) => ({ ...snapshot, node }))
            : observeOne(node, expectedNow(node));
        }),
      );
      return { members, asked: found.members, nodes, kubernetes: await kubernetes };
    };
    return look(limits, observe, ({ members, asked, nodes, kubernetes }, turn) => {
      for (const node of nodes) {
        see(node, turn);
      }
      if (kubernetes !== undefined) {
        seeKubernetes(kubernetes, turn);
      }
      if (turn >= clusterTurn) {
        clusterTurn = turn;
        cluster = members;
        discovery = asked.ok ? { ...asked, value: asked.value.length } : asked;
      }
    });
  }

  return {
    whole: async (limits) => {
      await lookAround(limits, () => true, eye.look);
      return snapshot();
    },
    members: (limits) => {
      const isUnasked = ({ name, address }: ClusterNode): boolean => {
        const last = seen.get(name)?.snapshot;
        return last?.node.address !== address || (!last.version.ok && last.version.error.layer === 'endpoint');
      };
      return lookAround(limits, isUnasked, undefined);
    },
    node: (node, limits) => {
      const known = seen.get(node.name)?.snapshot.answeredAt;
      return look(limits, (bounded) => observeNode(node, gateway.within(bounded), bounded, known, wants), see);
    },
    kubernetes: (limits) =>
      look(
        limits,
        (bounded) => eye.look(gateway.within(bounded), bounded, async () => controlPlanesOf(cluster)),
        seeKubernetes,
      ),
    latest: snapshot,
  };
}
