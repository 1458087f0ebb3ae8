import { setTimeout as pause } from 'node:timers/promises';
import type { Service, VersionInfo } from '../../talos/model/machine.ts';
import type { NamedVolume } from '../../talos/model/storage.ts';
import { bootedAt } from '../booted-at.ts';
import type { TalosClient } from '../endpoints/client.ts';
import type { ClusterNode } from '../members/cluster.ts';
import type { RoundLimits } from '../request.ts';
import type { NodeSnapshot } from '../snapshot.ts';
import { type FacetDefinition, slowAge } from './definition.ts';
import { type Facet, notQueried } from './facet.ts';
import type { AskRarely } from './rare.ts';
import { concerns, type NodeFacetName, type NodeFacets, nodeFacet, nodeFacetNames, nodeFacetsFrom } from './table.ts';

/** What all queries of one node have in common, whichever address they use. */
export interface NodeQuery {
  readonly node: ClusterNode;
  readonly client: TalosClient;
  readonly limits: RoundLimits;
  /** The facets that the enabled checks read. */
  readonly wanted: ReadonlySet<NodeFacetName>;
  /** The latest snapshot of the node, if there is one. */
  readonly before?: NodeSnapshot | undefined;
  /** For a large cluster. */
  readonly askRarely?: AskRarely | undefined;
  /** Whether this node alone is polled, and not as part of a whole round: then slow facets are read, too. */
  readonly isPoll?: true;
}

type Answers = Map<string, Promise<Facet<unknown>>>;

/**
 * Reads every facet at one address concurrently.
 *
 * @param isExpected send all calls immediately instead of waiting for the answer to `Version`
 */
export async function askFacets(
  query: NodeQuery,
  address: string,
  versionAsked: Promise<Facet<VersionInfo>>,
  isExpected: boolean,
): Promise<NodeFacets> {
  const { node, client, limits, wanted, before, askRarely } = query;
  const answers: Answers = new Map([['version', versionAsked]]);
  let kind: Promise<string> | undefined;
  const ask = async ({ read }: FacetDefinition): Promise<Facet<unknown>> => {
    const first = isExpected ? undefined : await versionAsked;
    return first?.ok === false ? first : await client.ask(read, address);
  };
  for (const name of nodeFacetNames) {
    if (wanted.has(name) && concerns(name, node.role) && !answers.has(name)) {
      const definition = nodeFacet(name);
      const askIt = (): Promise<Facet<unknown>> => askUnlessImplied(definition, query, answers, ask);
      const fresh = (): Promise<Facet<unknown>> => {
        if (askRarely === undefined || definition.isAbsent === undefined) {
          return askIt();
        }
        kind ??= kindOf(node, answers);
        return kind.then((known) => askRarely(node.name, known, definition, askIt));
      };
      const answer =
        before !== undefined && isLasting(definition, before[name], query)
          ? isSameBoot(before, answers).then((same) => (same ? before[name] : fresh()))
          : fresh();
      answers.set(name, definition.etcd ? Promise.race([answer, etcdStopped(answers, limits)]) : answer);
    }
  }
  const facets = new Map<string, Facet<unknown>>();
  for (const [name, answer] of answers) {
    facets.set(name, await answer);
  }
  return nodeFacetsFrom((name) => facets.get(name) ?? notQueried);
}

/** The same for nodes that are samples for each other: of one role, and with the same volumes as far as they are known. */
async function kindOf({ role }: ClusterNode, answers: Answers): Promise<string> {
  const volumes = (await answers.get('volumes')) as Facet<readonly NamedVolume[]> | undefined;
  return [role, ...(volumes?.ok ? volumes.value.map(({ id }) => id).toSorted() : [])].join(' ');
}

/** Whether the answer holds until the machine boots, as far as this query needs it. */
function isLasting(
  { perBoot, slow }: FacetDefinition,
  facet: Facet<unknown>,
  { isPoll, limits }: Pick<NodeQuery, 'isPoll' | 'limits'>,
): boolean {
  if (!facet.ok) {
    return facet.error.kind === 'unsupported-type';
  }
  return !isPoll && (perBoot === true || (slow === true && limits.now() - facet.at < slowAge));
}

/** Whether the machine has not booted since the earlier snapshot. Costs no call: machined is the first process of a boot. */
async function isSameBoot(before: NodeSnapshot, answers: Answers): Promise<boolean> {
  const [version, services] = (await Promise.all([answers.get('version'), answers.get('services')])) as [
    Facet<VersionInfo> | undefined,
    Facet<readonly Service[]> | undefined,
  ];
  const started = services && bootedAt({ services });
  return (
    started !== undefined &&
    started === bootedAt(before) &&
    version?.ok === true &&
    before.version.ok &&
    version.value.tag === before.version.value.tag
  );
}

async function askUnlessImplied(
  definition: FacetDefinition,
  { node, askRarely }: NodeQuery,
  answers: Answers,
  ask: (definition: FacetDefinition) => Promise<Facet<unknown>>,
): Promise<Facet<unknown>> {
  const { implied, impliedIf } = definition;
  const applies = (implied?.role ?? node.role) === node.role && (impliedIf === undefined || askRarely !== undefined);
  const other = implied !== undefined && applies ? answers.get(implied.from) : undefined;
  return (other && implied?.by(await other, node)) ?? (await ask(definition));
}

/**
 * How long to wait for etcd if its service is not running, in milliseconds. If the list of services took longer, wait
 * that long.
 */
const stoppedWait = 250;

/**
 * Resolves only if etcd is not running: its calls then hang until their deadline (before bootstrap, for example), and a
 * round need not wait for them.
 */
async function etcdStopped(answers: Answers, { now }: RoundLimits): Promise<Facet<never>> {
  const began = now();
  const facet = (await answers.get('services')) as Facet<readonly Service[]> | undefined;
  const state = facet?.ok ? (facet.value.find(({ id }) => id === 'etcd')?.state ?? 'no service here') : 'Running';
  if (state === 'Running') {
    return await new Promise(() => undefined);
  }
  await pause(Math.max(stoppedWait, now() - began), undefined, { ref: false });
  const message = `etcd is ${state}, and did not answer`;
  return { ok: false, error: { kind: 'other', layer: 'node', code: '', message }, at: now() };
}
