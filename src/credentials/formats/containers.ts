import { unwrapBase64 } from '../../values/text.ts';
import { asMapping, type Mapping } from '../../values/yaml.ts';
import { documentOrNone } from './encodings.ts';
import { type Candidate, type Form, type Kind, namedText } from './form.ts';
import { isOutputs, outputText } from './terraform.ts';

/** Documents that contain a configuration among other fields. */
export const containers: readonly Form[] = [
  {
    id: 'kubernetes-secret',
    name: 'a Kubernetes Secret',
    read: ({ root, kind }) => secretText(root, kind),
    recognize: ({ root, text }) =>
      root?.get('kind') === 'Secret' || (root === undefined && /^kind: Secret\s*$/m.test(text)) || isSecretList(root),
    advice:
      "pass one Secret with the key talosconfig or config (kubeconfig: kubeconfig or value), or that key's value alone: kubectl get secret NAME -o jsonpath='{.data.KEY}'",
  },
  {
    id: 'terraform-output',
    name: 'an output of Terraform or OpenTofu',
    read: outputText,
    recognize: ({ text, root }) => /^[ \t]*("?[\w-]+"? *= *)?(<<-?\w+\s*$|<sensitive>)/m.test(text) || isOutputs(root),
    advice: 'pass the output alone: terraform output -raw NAME',
  },
  {
    id: 'client-configuration',
    name: 'a client_configuration of the Terraform provider for Talos',
    recognize: ({ root }) => root?.has('client_key') === true && root.has('ca_certificate'),
    advice: 'pass the attribute talos_config of the data source talos_client_configuration',
  },
  {
    id: 'field',
    name: 'YAML or JSON with the text under its name, such as talosconfig: or value:',
    read: ({ root, kind }) =>
      root === undefined || root.has('contexts') || root.has('kind') || root.has('machine')
        ? undefined
        : documentOrNone(namedText(root, kind) ?? ''),
  },
];

function secretText(root: Mapping | undefined, kind: Kind): string | undefined {
  const texts = secretsOf(root).map((secret) => dataText(secret, kind));
  const found = texts.filter((text) => text !== undefined);
  return found.length === 1 ? found[0] : undefined;
}

function secretsOf(root: Mapping | undefined): readonly Mapping[] {
  if (root?.get('kind') === 'Secret') return [root];
  const items: unknown = isSecretList(root) ? root?.get('items') : [];
  return Array.isArray(items) ? items.flatMap((item) => asMapping(item) ?? []) : [];
}

function isSecretList(root: Mapping | undefined): boolean {
  const kind = root?.get('kind');
  return kind === 'SecretList' || (kind === 'List' && Array.isArray(root?.get('items')));
}

/** As in Kubernetes, stringData takes precedence over data. */
function dataText(secret: Mapping, kind: Kind): string | undefined {
  const plain = namedText(asMapping(secret.get('stringData')), kind);
  if (plain !== undefined) return plain;
  const encoded = namedText(asMapping(secret.get('data')), kind);
  return encoded === undefined ? undefined : unwrapBase64(encoded);
}

const has = ({ root }: Candidate, ...keys: readonly string[]): boolean => keys.every((key) => root?.has(key) === true);

/** Other documents of Talos or Kubernetes. */
export const otherDocuments: readonly Form[] = [
  {
    id: 'kubeconfig',
    name: 'a kubeconfig',
    recognize: (candidate) => candidate.kind === 'talosconfig' && has(candidate, 'clusters', 'users'),
    advice: 'use the file that talosctl gen config or talosctl config new wrote',
  },
  {
    id: 'talosconfig',
    name: 'a talosconfig',
    recognize: (candidate) =>
      candidate.kind === 'kubeconfig' &&
      !has(candidate, 'clusters') &&
      asMapping(candidate.root?.get('contexts')) !== undefined,
    advice: 'use the file that talosctl kubeconfig wrote',
  },
  {
    id: 'machine-config',
    name: 'a Talos machine configuration',
    recognize: (candidate) =>
      has(candidate, 'machine') ||
      (candidate.root === undefined && /^(machine:\s*$|apiVersion: v1alpha1\s*$)/m.test(candidate.text)),
    advice: 'no client certificate is in it; use the talosconfig that talosctl gen config wrote beside it',
  },
  {
    id: 'secrets-bundle',
    name: 'the secrets of a cluster, as talosctl gen secrets writes them',
    recognize: (candidate) => has(candidate, 'certs', 'trustdinfo'),
    advice:
      'make a talosconfig of it: talosctl gen config NAME https://ENDPOINT:6443 --with-secrets secrets.yaml --output-types talosconfig',
  },
  {
    id: 'config-info',
    name: 'what talosctl config info prints',
    recognize: (candidate) => /^Current context:\s/m.test(candidate.text) || has(candidate, 'certNotAfter'),
    advice: 'no certificate is in it; pass the file itself, such as ~/.talos/config',
  },
];
