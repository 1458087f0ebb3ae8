import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { canonicalHost, formatHostPort } from '../values/address.ts';
import { quote } from '../values/problem.ts';
import { asMapping, type Mapping, parseDocument } from '../values/yaml.ts';

/**
 * The origin of a kubeconfig. The user's kubeconfig may name exec plugins, files
 * and proxies, as for kubectl. From a node's kubeconfig only certificates and
 * the token are read: otherwise a compromised node could run commands on this
 * machine, or have its files sent to the node.
 */
export type Author = 'user' | 'node';

/** The cluster of the current context, and its credentials. */
export interface Access {
  readonly config: KubeConfig;
  readonly server: URL;
  /** Whether the kubeconfig names a proxy: then the agent of the library connects. */
  readonly proxied: boolean;
  /** Whether the certificate of the server is verified. */
  readonly verified: boolean;
}

const expected = 'YAML with clusters, users and contexts, as kubectl has them';

/**
 * @param endpoint overrides the server as talosctl's `--k8s-endpoint` does: a host, with or without `https://` and port (6443)
 * @throws {Error} if the kubeconfig is invalid; the message quotes at most the name of a context
 */
export function readKubeconfig(text: string, author: Author, endpoint?: string): Access {
  const config = author === 'user' ? loaded(text) : rebuilt(text);
  const context = config.getCurrentContext();
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster === null || user === null) {
    const chosen = typeof context === 'string' && context !== '' ? quote(context) : 'none';
    throw new Error(
      `the kubeconfig has no ${cluster === null ? 'cluster' : 'user'} for its current context (${chosen})`,
    );
  }
  const server = endpoint === undefined ? cluster.server : overridden(endpoint);
  if (typeof server !== 'string' || !URL.canParse(server) || new URL(server).protocol !== 'https:') {
    throw new Error('the server of the kubeconfig is no https URL');
  }
  return {
    config,
    server: new URL(server),
    proxied: typeof cluster.proxyUrl === 'string' && cluster.proxyUrl !== '',
    verified: cluster.skipTLSVerify !== true,
  };
}

function loaded(text: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromString(text);
  } catch {
    // The error of the library may quote the kubeconfig.
    throw new Error(`the kubeconfig cannot be read: ${expected}, was expected`);
  }
  return config;
}

function rebuilt(text: string): KubeConfig {
  const document = parseDocument(text, expected);
  if (!document.ok) {
    throw new Error(`the kubeconfig that the node gave cannot be read: it is ${document.error.got}`);
  }
  const root = document.value;
  const context = named(root, 'contexts', root.get('current-context'), 'context');
  const cluster = named(root, 'clusters', context.get('cluster'), 'cluster');
  const user = named(root, 'users', context.get('user'), 'user');
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'cluster', server: textOf(cluster, 'server') ?? '', skipTLSVerify: false, ...caOf(cluster) },
    { name: 'user', ...credentialsOf(user) },
  );
  return config;
}

/** The named entry of a list of the kubeconfig; empty if it is absent. */
function named(root: Mapping, list: string, name: unknown, field: string): Mapping {
  const entries: unknown = root.get(list);
  const found = Array.isArray(entries)
    ? entries.map(asMapping).find((entry) => entry?.get('name') === name && typeof name === 'string')
    : undefined;
  return asMapping(found?.get(field)) ?? new Map();
}

function textOf(mapping: Mapping, field: string): string | undefined {
  const value = mapping.get(field);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function caOf(cluster: Mapping): { readonly caData?: string } {
  const caData = textOf(cluster, 'certificate-authority-data');
  return caData === undefined ? {} : { caData };
}

function credentialsOf(user: Mapping) {
  const certData = textOf(user, 'client-certificate-data');
  const keyData = textOf(user, 'client-key-data');
  const token = textOf(user, 'token');
  return {
    ...(certData !== undefined && { certData }),
    ...(keyData !== undefined && { keyData }),
    ...(token !== undefined && { token }),
  };
}

const defaultPort = 6443;

function overridden(endpoint: string): string {
  const bare = endpoint.replace(/^https:\/\//i, '').replace(/\/$/, '');
  // The colons of an IPv6 address without brackets do not start a port.
  const [, v6, name, port = String(defaultPort)] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(bare) ?? [];
  return `https://${formatHostPort({ host: canonicalHost(v6 ?? name ?? bare), port: Number(port) })}`;
}
