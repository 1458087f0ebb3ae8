import { apiServerWorks, controlPlaneVersion, failingParts } from '../model/kubernetes.ts';
import type { NodeState } from '../model/node-state.ts';
import type { ClusterState } from '../model/state.ts';
import { type HttpAnswer, json, text } from './answers.ts';

/** Parts of kube-apiserver that `/readyz` and `/livez` go through, in order. */
const parts = [
  'ping',
  'log',
  'etcd',
  'etcd-readiness',
  'informer-sync',
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'shutdown',
];

const paths = ['/livez', '/readyz', '/healthz', '/version'];

/** Paths that are open to everybody, unless the cluster is an older one. */
export function isProbe(path: string): boolean {
  return paths.includes(path);
}

/** How the node's kube-apiserver says it is. */
export function answerProbe(state: ClusterState, node: NodeState, path: string, query: URLSearchParams): HttpAnswer {
  if (path === '/version') return json(200, version(controlPlaneVersion(state, node)));
  const failing = path === '/livez' && apiServerWorks(state, node) ? [] : failingParts(state, node);
  return health(path.slice(1), failing, query.has('verbose'));
}

function health(name: string, failing: readonly string[], verbose: boolean): HttpAnswer {
  const lines = [...parts, ...failing.filter((part) => !parts.includes(part))].map((part) =>
    failing.includes(part) ? `[-]${part} failed: reason withheld` : `[+]${part} ok`,
  );
  if (failing.length > 0) return text(500, `${lines.join('\n')}\n${name} check failed\n`);
  return text(200, verbose ? `${lines.join('\n')}\n${name} check passed\n` : 'ok');
}

function version(gitVersion: string): Readonly<Record<string, string>> {
  const [major = '1', minor = '0'] = gitVersion.replace(/^v/, '').split('.');
  return { major, minor, gitVersion, gitTreeState: 'clean', platform: 'linux/amd64' };
}
