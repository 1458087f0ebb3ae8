import type { CheckOptions } from '../inputs/options.ts';
import type { Facet } from '../observe/facet.ts';
import { isWatched, type NodeFacetName, type NodeFacetValue } from '../observe/facets.ts';
import { type KubernetesFacetName, type KubernetesFacetValue, kubernetesFacets } from '../observe/kubernetes-facets.ts';
import type { NodeSnapshot, Snapshot } from '../observe/snapshot.ts';
import type { CheckBase, ClusterCheck, NodeCheck, Outcome, Reading } from './check.ts';
import { readKubernetes, type Silence, untilSeen } from './facts/kubernetes-api.ts';
import { type Unread, unreadable } from './outcome.ts';

/** What a check of nodes judges. */
export interface NodeSubject {
  readonly node: NodeSnapshot;
  readonly snapshot: Snapshot;
  readonly options: CheckOptions;
}

/** What a check of the cluster judges. */
export type ClusterSubject = Omit<NodeSubject, 'node'>;

type OfKubernetes = `kubernetes.${KubernetesFacetName}`;
export type NeededByNode = NodeFacetName | OfKubernetes;

/** The value of each facet by its name; those of the Kubernetes API without the prefix. */
export type Values<Name extends NeededByNode> = {
  readonly [K in Name as K extends `kubernetes.${infer Facet}` ? Facet : K]: K extends NodeFacetName
    ? NodeFacetValue<K>
    : K extends `kubernetes.${infer Facet extends KubernetesFacetName}`
      ? KubernetesFacetValue<Facet>
      : never;
};

interface Definition<Name extends NeededByNode, Subject>
  extends Omit<CheckBase, 'reads' | 'alsoReads' | 'watches' | 'watchesOfKubernetes'> {
  /** What has to be known before anything can be judged. What could not be read is answered for all checks in one place. */
  readonly reads: readonly Name[];
  /** What is taken into account where it is known: of the same node, of other nodes, or of the cluster. */
  readonly alsoReads?: readonly Reading[];
  /** What can be said whatever could be read, such as a skip where the check does not apply. */
  unless?(subject: Subject): Outcome | undefined;
  /** What stands behind it, and what to do, where what it reads could not be read. */
  unread?(subject: Subject): Unread;
  evaluate(values: Values<Name>, subject: Subject): Outcome;
}

/** A check of each node, or of each control plane, on its own. */
export function nodeCheck<const Name extends NeededByNode>(
  definition: Definition<Name, NodeSubject> & Pick<NodeCheck, 'scope'>,
): NodeCheck {
  const { unless, unread, evaluate, ...rest } = definition;
  return {
    ...withWatches(rest),
    evaluate(node, snapshot, options) {
      const subject = { node, snapshot, options };
      return judge(definition, subject, (name) => {
        const facet: Facet<unknown> = node[name];
        return facet.ok ? facet : { outcome: unreadable(node, name, facet.error, unread?.(subject)) };
      });
    },
  };
}

/** A check of the cluster as a whole. Of nodes it can only take into account what is known. */
export function clusterCheck<const Name extends OfKubernetes>(
  definition: Definition<Name, ClusterSubject>,
): ClusterCheck {
  const { unless, unread, evaluate, ...rest } = definition;
  return {
    ...withWatches(rest),
    scope: 'cluster',
    evaluate: (snapshot, options) =>
      judge(definition, { snapshot, options }, (name) => {
        throw new Error(`${definition.id} reads ${name}, which is of a node`);
      }),
  };
}

/** What wakes a check follows from what it reads. */
function withWatches<D extends { readonly reads: readonly Reading[]; readonly alsoReads?: readonly Reading[] }>(
  definition: D,
): D & Pick<CheckBase, 'reads' | 'alsoReads' | 'watches' | 'watchesOfKubernetes'> {
  const { reads, alsoReads = [] } = definition;
  const all = [...reads, ...alsoReads];
  return {
    ...definition,
    alsoReads,
    watches: all.filter(isWatched),
    watchesOfKubernetes: all.flatMap((name) => {
      const kubernetes = ofKubernetes(name);
      return kubernetes === undefined ? [] : [kubernetesFacets[kubernetes].watch];
    }),
  };
}

const prefix = 'kubernetes.';

/** The name of a facet of the Kubernetes API without its prefix; undefined for another one. */
function ofKubernetes(name: Reading): KubernetesFacetName | undefined {
  return name.startsWith(prefix) ? (name.slice(prefix.length) as KubernetesFacetName) : undefined;
}

/** Unwraps what the check reads, and judges it; or says what could not be read. */
function judge<Name extends NeededByNode, Subject extends ClusterSubject>(
  definition: Definition<Name, Subject>,
  subject: Subject,
  ofNode: (name: NodeFacetName) => Answered<unknown>,
): Outcome {
  const early = definition.unless?.(subject);
  if (early !== undefined) {
    return early;
  }
  const values: Record<string, unknown> = {};
  const silences: Silence[] = [];
  for (const name of definition.reads) {
    const kubernetes = ofKubernetes(name);
    const answer: Answered<unknown> =
      kubernetes === undefined ? ofNode(name as NodeFacetName) : readKubernetes(subject.snapshot, kubernetes);
    if ('outcome' in answer) {
      return answer.outcome;
    }
    values[kubernetes ?? name] = answer.value;
    silences.push(...(answer.silence === undefined ? [] : [answer.silence]));
  }
  return untilSeen(definition.evaluate(values as Values<Name>, subject), ...silences);
}

/** The value of a facet, or what to say without it. */
type Answered<T> = { readonly value: T; readonly silence?: Silence } | { readonly outcome: Outcome };
