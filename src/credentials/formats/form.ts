import { type Mapping, parseDocument } from '../../values/yaml.ts';

export type Kind = 'talosconfig' | 'kubeconfig';

/** The given text, parsed once. */
export interface Candidate {
  readonly kind: Kind;
  readonly text: string;
  /** Undefined if the text is not a YAML mapping. */
  readonly root: Mapping | undefined;
}

/**
 * A form in which users pass a configuration, or mistake another file for one. A readable form is
 * unwrapped; a form that is only recognized is refused with advice. Both functions are pure and never throw.
 */
export interface Form {
  readonly id: string;
  /** With its article, for messages and the documentation. */
  readonly name: string;
  /** The inner text, which may have another form; undefined if it is absent or ambiguous. */
  readonly read?: (candidate: Candidate) => string | undefined;
  /** Called only if no form could be read. */
  readonly recognize?: (candidate: Candidate) => boolean;
  /** How to extract the configuration. */
  readonly advice?: string;
}

export function candidateOf(text: string, kind: Kind): Candidate {
  const document = parseDocument(text, kind);
  return { kind, text, root: document.ok ? document.value : undefined };
}

/** Names of a configuration in Secrets, outputs and variables, the most specific first. */
const names: Readonly<Record<Kind, readonly string[]>> = {
  talosconfig: ['talosconfig', 'talos_config', 'talosConfig', 'config', 'value'],
  // Cluster API calls it "value".
  kubeconfig: ['kubeconfig', 'kubeconfig_raw', 'kube_config', 'kubeConfig', 'config', 'value'],
};

/** The configuration in a mapping or in an object nested in it, by its name. */
export function namedText(mapping: Mapping | undefined, kind: Kind, depth = 3): string | undefined {
  const values = names[kind].map((name) => mapping?.get(name));
  const text = values.find((value) => typeof value === 'string' && value.trim() !== '');
  if (typeof text === 'string') return text;
  const nested = values.find((value): value is Mapping => value instanceof Map);
  return nested === undefined || depth === 0 ? undefined : namedText(nested, kind, depth - 1);
}
