import type { ClusterNode } from '../observe/cluster.ts';
import { isNodeId } from '../values/node-id.ts';
import { redactText } from './redact.ts';

/** Takes the secrets out of every text within a value. */
export type Redaction = <T>(value: T) => T;

/** What the gate says of itself: most of a large report, and never a word of a node. */
const own = new Set([
  'check',
  'stage',
  'status',
  'firstSeenAt',
  'lastSeenAt',
  'at',
  'docs',
  'meaning',
  'role',
  'source',
]);

/**
 * For the texts of one report, most of which are there many times. Nodes stay
 * apart: of a name that shows a secret the address is left.
 */
export function openRedaction(nodes: readonly ClusterNode[]): Redaction {
  const known = new Map<string, string>();
  for (const { name, address } of nodes) {
    const shown = redactText(name);
    known.set(name, shown === name ? name : redactText(`${shown} at ${address}`));
  }
  const ofText = (text: string): string => {
    const shown = known.get(text) ?? redactText(text);
    known.set(text, shown);
    return shown;
  };
  const within = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return ofText(value);
    }
    if (Array.isArray(value)) {
      return value.map(within);
    }
    return typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value).map(([key, inner]) => [
            key,
            own.has(key) || (key === 'nodeId' && isNodeId(String(inner))) ? inner : within(inner),
          ]),
        )
      : value;
  };
  // The same shape with other texts, which no type can say.
  return within as Redaction;
}
