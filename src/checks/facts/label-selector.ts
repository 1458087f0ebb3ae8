import type { LabelSelector } from '../../kubernetes/model.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether labels match a selector, as Kubernetes matches them: an empty selector matches everything. */
export function matchesLabels(labels: Labels, selector: LabelSelector): boolean {
  return (
    Object.entries(selector.labels).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value) &&
    selector.requirements.every((requirement) => meets(labels, requirement))
  );
}

function meets(labels: Labels, { key, operator, values }: LabelSelector['requirements'][number]): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
