import type { CheckOptions } from '../inputs/options.ts';
import type { Facet } from '../observe/facets/facet.ts';
import {
  type KubernetesFacetName,
  type KubernetesFacetValue,
  type KubernetesReading,
  kubernetesFacetOf,
  kubernetesFacets,
} from '../observe/facets/kubernetes.ts';
import { isWatched, type NodeFacetName, type NodeFacetValue } from '../observe/facets/table.ts';
import type { NodeSnapshot, Snapshot } from '../observe/snapshot.ts';
import type { CheckBase, ClusterCheck, NodeCheck, Outcome, Reading } from './check.ts';
import { fromLastAnswer, type NoAnswer, readKubernetes } from './facts/kubernetes-api.ts';
import { type Unread, unreadable } from './outcome.ts';

/** What a check of nodes is evaluated on. */
export interface NodeSubject {
  readonly node: NodeSnapshot;
  readonly snapshot: Snapshot;
  readonly options: CheckOptions;
}

/** What a check of the cluster is evaluated on. */
export type ClusterSubject = Omit<NodeSubject, 'node'>;

export type NodeReading = NodeFacetName | KubernetesReading;

/** The values of the facets by name; those of the Kubernetes API without the prefix `kubernetes.`. */
export type Values<Name extends NodeReading> = {
  readonly [K in Name as K extends `kubernetes.${infer Facet}` ? Facet : K]: K extends NodeFacetName
    ? NodeFacetValue<K>
    : K extends `kubernetes.${infer Facet extends KubernetesFacetName}`
      ? KubernetesFacetValue<Facet>
      : never;
};

interface Definition<Name extends NodeReading, Subject>
  extends Omit<CheckBase, 'reads' | 'alsoReads' | 'watches' | 'watchesOfKubernetes'> {
  /** Facets that must be known. If one could not be read, `evaluate` is not called. */
  readonly reads: readonly Name[];
  /** Facets that the check uses if they are known: of the same node, of other nodes, or of the cluster. */
  readonly alsoReads?: readonly Reading[];
  /** An outcome that depends on nothing in `reads`, such as a skip if the check does not apply. */
  unless?(subject: Subject): Outcome | undefined;
  /** Causes and hint for the case that a facet in `reads` could not be read. */
  unread?(subject: Subject): Unread;
  evaluate(values: Values<Name>, subject: Subject): Outcome;
}

/** A check of each node, or of each control plane. */
export function nodeCheck<const Name extends NodeReading>(
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

/** A check of the cluster as a whole. It can name facets of nodes only in `alsoReads`. */
export function clusterCheck<const Name extends KubernetesReading>(
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

/** Derives from the facets which resources to watch. */
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
      const kubernetes = kubernetesFacetOf(name);
      return kubernetes === undefined ? [] : [kubernetesFacets[kubernetes].watch];
    }),
  };
}

/** Evaluates the check with the values of the facets that it reads, or returns the outcome for one that could not be read. */
function judge<Name extends NodeReading, Subject extends ClusterSubject>(
  definition: Definition<Name, Subject>,
  subject: Subject,
  readNode: (name: NodeFacetName) => FacetRead<unknown>,
): Outcome {
  const outcome = definition.unless?.(subject);
  if (outcome !== undefined) {
    return outcome;
  }
  const values: Record<string, unknown> = {};
  const unanswered: NoAnswer[] = [];
  for (const name of definition.reads) {
    const kubernetes = kubernetesFacetOf(name);
    const answer: FacetRead<unknown> =
      kubernetes === undefined ? readNode(name as NodeFacetName) : readKubernetes(subject.snapshot, kubernetes);
    if ('outcome' in answer) {
      return answer.outcome;
    }
    values[kubernetes ?? name] = answer.value;
    unanswered.push(...(answer.noAnswer === undefined ? [] : [answer.noAnswer]));
  }
  return fromLastAnswer(definition.evaluate(values as Values<Name>, subject), ...unanswered);
}

/** The value of a facet, or the outcome without it. */
type FacetRead<T> = { readonly value: T; readonly noAnswer?: NoAnswer } | { readonly outcome: Outcome };
