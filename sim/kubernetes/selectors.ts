import { namespace, type ObjectContent } from './objects/content.ts';

export type Selector = (content: ObjectContent) => boolean;

/** A selector that Kubernetes would not understand; the message is its answer. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

/** `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, with commas between. */
export function labelSelector(text: string): Selector {
  const requirements = split(text).map(labelRequirement);
  return ({ labels }) => requirements.every((holds) => holds(labels));
}

/** `a=b`, `a==b`, `a!=b` with commas between, for the few fields that the kind can be asked by. */
export function fieldSelector(text: string): Selector {
  const requirements = split(text).map((part) => {
    const [, field, operator, value] = /^([\w.]+)(==?|!=)(.*)$/.exec(part) ?? [];
    if (field === undefined) throw new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
    return { field, wanted: operator !== '!=', value };
  });
  return (content) => requirements.every(({ field, wanted, value }) => (fieldOf(content, field) === value) === wanted);
}

function fieldOf({ kind, name, fields }: ObjectContent, field: string): string {
  if (field === 'metadata.name') return name;
  if (field === 'metadata.namespace' && kind.namespaced) return namespace;
  const value = fields[field];
  if (value === undefined) throw new SelectorError(`field label not supported: ${field}`);
  return value;
}

function labelRequirement(part: string): (labels: Readonly<Record<string, string>>) => boolean {
  const [, set, negated, list = ''] = /^(\S+)\s+(not)?in\s*\(([^)]*)\)$/.exec(part) ?? [];
  if (set !== undefined) {
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(labels[set] ?? '') === (negated === undefined);
  }
  const [, equal, operator, value = ''] = /^([\w./-]+)\s*(==?|!=)\s*([\w.-]*)$/.exec(part) ?? [];
  if (equal !== undefined) return (labels) => (labels[equal] === value) === (operator !== '!=');
  const [, not, key] = /^(!?)([\w./-]+)$/.exec(part) ?? [];
  if (key === undefined) throw new SelectorError(`unable to parse requirement: found '${part}'`);
  return (labels) => key in labels === (not === '');
}

/** At the commas that are not in brackets. */
function split(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
