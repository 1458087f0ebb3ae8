import { apiServerWorks, failingParts } from '../model/kubernetes.ts';
import type { ClusterState, NodeState } from '../model/state.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly type: 'application/json' | 'text/plain; charset=utf-8';
  readonly body: string;
}

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

/** What the node's kube-apiserver answers to somebody without credentials. */
export function answerAnonymous(
  state: ClusterState,
  node: NodeState,
  path: string,
  query: URLSearchParams,
): HttpAnswer {
  const { scenario } = state;
  const open = ['/livez', '/readyz', '/healthz', '/version'].includes(path);
  if (!scenario.anonymousProbes) return statusAnswer(401, 'Unauthorized', 'Unauthorized');
  if (!open) {
    const message = `forbidden: User "system:anonymous" cannot get path ${JSON.stringify(path)}`;
    return statusAnswer(403, 'Forbidden', message);
  }
  if (path === '/version') return json(200, version(scenario.kubernetesVersion));
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

function statusAnswer(code: number, reason: string, message: string): HttpAnswer {
  return json(code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });
}

function json(status: number, value: unknown): HttpAnswer {
  return { status, type: 'application/json', body: `${JSON.stringify(value, undefined, 2)}\n` };
}

function text(status: number, body: string): HttpAnswer {
  return { status, type: 'text/plain; charset=utf-8', body };
}
