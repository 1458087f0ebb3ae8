import { nodeAt } from '../checks/facts/nodes.ts';
import { hostOf } from '../checks/text.ts';
import type { EndpointSnapshot, Snapshot } from '../observe/snapshot.ts';

const maxItems = 3;

/** `a`, `a and b`, `a, b and 4 more`. */
function list(items: readonly string[]): string {
  if (items.length > maxItems) {
    return `${items.slice(0, maxItems - 1).join(', ')} and ${items.length - maxItems + 1} more`;
  }
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** The form of a verb or noun that agrees with the number of items. */
export function verb(items: { readonly length: number }, singular: string, plural: string): string {
  return items.length === 1 ? singular : plural;
}

/** `10.0.0.1:50000 (cp-1)`. */
export function nameEndpoint(endpoint: EndpointSnapshot, snapshot: Snapshot): string {
  const node = nodeAt(snapshot, endpoint)?.name;
  return node === undefined || node === hostOf(endpoint.endpoint)
    ? endpoint.endpoint
    : `${endpoint.endpoint} (${node})`;
}

export function nameEndpoints(endpoints: readonly EndpointSnapshot[], snapshot: Snapshot): string {
  return list(endpoints.map((endpoint) => nameEndpoint(endpoint, snapshot)));
}
