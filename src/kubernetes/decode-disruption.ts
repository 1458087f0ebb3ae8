import { amount, array, type Fields, fields, isUpToDate, name, optional, text } from './decode.ts';
import type { DisruptionBudget, LabelSelector, PlacedPod } from './model.ts';

/** Decodes what decides whether the pods of a node may go. Every function throws {Error} if the response is invalid. */

const mirrored = 'kubernetes.io/config.mirror';

function namespaced(metadata: Fields, what: string): { readonly name: string; readonly namespace: string } {
  const own = name(metadata['name'], `the name of ${what}`);
  const namespace = name(metadata['namespace'], `the namespace of ${what} ${own}`);
  return { name: `${namespace}/${own}`, namespace };
}

function decodeLabels(value: unknown, what: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(optional(value, what)).map(([key, label]) => [key, text(label)]));
}

function isManaged(metadata: Fields, own: string): boolean {
  const owners = array(metadata['ownerReferences'], `owners of pod ${own}`);
  return (
    owners.some((owner) => fields(owner, `an owner of pod ${own}`)['controller'] === true) ||
    Object.hasOwn(optional(metadata['annotations'], `annotations of pod ${own}`), mirrored)
  );
}

export function decodePlacedPod(value: Fields): PlacedPod {
  const metadata = fields(value['metadata'], 'metadata of a pod');
  const own = namespaced(metadata, 'pod');
  const phase = text(optional(value['status'], `status of pod ${own.name}`)['phase']);
  return {
    ...own,
    labels: decodeLabels(metadata['labels'], `labels of pod ${own.name}`),
    node: text(optional(value['spec'], `spec of pod ${own.name}`)['nodeName']),
    managed: isManaged(metadata, own.name),
    ended: phase === 'Succeeded' || phase === 'Failed' || text(metadata['deletionTimestamp']) !== '',
  };
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

function decodeSelector(value: unknown, own: string): LabelSelector | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  const selector = fields(value, `the selector of ${own}`);
  return {
    labels: decodeLabels(selector['matchLabels'], `matchLabels of ${own}`),
    requirements: array(selector['matchExpressions'], `matchExpressions of ${own}`).map((one) => {
      const expression = fields(one, `an expression of ${own}`);
      const operator = operators.find((known) => known === expression['operator']);
      if (operator === undefined) {
        throw new Error(`an expression of ${own} has an unknown operator`);
      }
      return {
        key: name(expression['key'], `the key of an expression of ${own}`),
        operator,
        values: array(expression['values'], `values of an expression of ${own}`).map(text),
      };
    }),
  };
}

export function decodeBudget(value: Fields): DisruptionBudget {
  const metadata = fields(value['metadata'], 'metadata of a PodDisruptionBudget');
  const own = namespaced(metadata, 'PodDisruptionBudget');
  const spec = fields(value['spec'], `spec of PodDisruptionBudget ${own.name}`);
  const status = optional(value['status'], `status of PodDisruptionBudget ${own.name}`);
  const selector = decodeSelector(spec['selector'], `PodDisruptionBudget ${own.name}`);
  return {
    ...own,
    ...(selector && { selector }),
    allowed: amount(status['disruptionsAllowed'] ?? 0, `disruptionsAllowed of PodDisruptionBudget ${own.name}`),
    upToDate: isUpToDate(metadata, status),
  };
}
