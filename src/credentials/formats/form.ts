import { type Mapping, parseDocument } from '../../values/yaml.ts';

export type Kind = 'talosconfig' | 'kubeconfig';

/** What was given, read as a document once. */
export interface Candidate {
  readonly kind: Kind;
  readonly text: string;
  /** Undefined if the text is not a YAML mapping. */
  readonly root: Mapping | undefined;
}

/**
 * A form in which users pass a configuration, or something that is none. A form that
 * can be read is unwrapped; one that is only recognised is refused with advice. Pure; neither throws.
 */
export interface Form {
  readonly id: string;
  /** With its article, for messages and the documentation. */
  readonly name: string;
  /** The text inside, which may be of another form; undefined if it is not clear which text is meant. */
  readonly read?: (candidate: Candidate) => string | undefined;
  /** Asked only if nothing could be read. */
  readonly recognise?: (candidate: Candidate) => boolean;
  /** How to get the configuration out of it. */
  readonly advice?: string;
}

export function candidateOf(text: string, kind: Kind): Candidate {
  const document = parseDocument(text, kind);
  return { kind, text, root: document.ok ? document.value : undefined };
}

/** Names under which Secrets, outputs and variables hold a configuration, the most telling first. */
const names: Readonly<Record<Kind, readonly string[]>> = {
  talosconfig: ['talosconfig', 'talos_config', 'talosConfig', 'config', 'value'],
  // Cluster API calls it "value".
  kubeconfig: ['kubeconfig', 'kubeconfig_raw', 'kube_config', 'kubeConfig', 'config', 'value'],
};

/** The configuration in a mapping, by its name; of an object that stands there, the one in it. */
export function namedText(mapping: Mapping | undefined, kind: Kind, depth = 3): string | undefined {
  const values = names[kind].map((name) => mapping?.get(name));
  const text = values.find((value) => typeof value === 'string' && value.trim() !== '');
  if (typeof text === 'string') return text;
  const nested = values.find((value): value is Mapping => value instanceof Map);
  return nested === undefined || depth === 0 ? undefined : namedText(nested, kind, depth - 1);
}
