import { etcdServes } from '../model/etcd.ts';
import { apiServerPort } from '../model/kubernetes.ts';
import { controlPlanes } from '../model/state.ts';
import { type HealthView, notAuthorized, type Outcome } from './view.ts';

/** A kubeconfig is for administrators; and an API server must be there, and give what is asked. */
export function withKubernetes(view: HealthView, judge: (view: HealthView) => Outcome): Outcome {
  if (!view.roles.has('os:admin')) return notAuthorized;
  if (!view.state.scenario.kubernetes) return 'SKIP';
  return failure(view) ?? judge(view);
}

/** What client-go says of an API server that is not there or does not answer as it should. */
function failure(view: HealthView): Outcome | undefined {
  const { state } = view;
  const { host, port } = endpoint(view);
  const call = `Get "https://${host}:${port}/api/v1/nodes"`;
  const node = controlPlanes(state).find(({ address }) => address === host);
  const taken = node === undefined || port !== '6443' ? 'closed' : apiServerPort(node);
  if (node?.presence === 'black-hole' || taken === 'unanswered') {
    return { error: `${call}: dial tcp ${host}:${port}: i/o timeout`, slow: true };
  }
  if (node === undefined || taken === 'closed') {
    return { error: `${call}: dial tcp ${host}:${port}: connect: connection refused` };
  }
  if (taken === 'silent') return { error: `${call}: net/http: TLS handshake timeout`, slow: true };
  if (state.kubernetes.access === 'unauthorized') return { error: 'Unauthorized' };
  if (state.kubernetes.access === 'forbidden') {
    const what = 'User "admin" cannot list resource "nodes" in API group "" at the cluster scope';
    return { error: `nodes is forbidden: ${what}` };
  }
  return etcdServes(state, node) ? undefined : { error: 'etcdserver: request timed out', slow: true };
}

/** Given as a URL, or as a host with or without a port; else the first control plane, as the machine configurations have it. */
function endpoint({ givenEndpoint, state }: HealthView): { readonly host: string; readonly port: string } {
  const [host, port = '6443'] = givenEndpoint.replace(/^https:\/\//, '').split(':');
  return { host: host || (controlPlanes(state)[0]?.address ?? ''), port };
}
