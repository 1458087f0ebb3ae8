import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Validity } from '../../values/validity.ts';
import { clusterCheck } from '../define.ts';
import { reachesMachine } from '../facts/api-server.ts';
import { leastLeft } from '../facts/certificates.ts';
import { nodeIdOf } from '../facts/nodes.ts';
import { hint, pass, skip, warn } from '../outcome.ts';
import { count, date, talosctl } from '../text.ts';

/** A server whose certificate was seen. */
interface Server {
  readonly what: string;
  readonly validity: Validity;
  readonly node: NodeSnapshot | undefined;
}

/** Omni has certificates of its own. */
function apids({ credentials, endpoints, nodes }: Snapshot): readonly Server[] {
  if (credentials.account !== undefined) {
    return [];
  }
  return endpoints.flatMap(({ endpoint, nodeId, certificate: validity }) => {
    const node = nodeId === undefined ? undefined : nodes.find((one) => nodeIdOf(one) === nodeId);
    return validity === undefined ? [] : [{ what: `apid at ${endpoint}`, validity, node }];
  });
}

/** Only of those that are known to be of this cluster: what answers at another address may be anything. */
function apiServers(snapshot: Snapshot): readonly Server[] {
  const { kubernetes, nodes } = snapshot;
  return nodes.flatMap((node) => {
    const validity = node.apiServer?.ok ? node.apiServer.value.certificate : undefined;
    const isOwn = (kubernetes.access && kubernetes.verified) || reachesMachine(node, snapshot);
    return validity === undefined || !isOwn ? [] : [{ what: `kube-apiserver of ${node.node.name}`, validity, node }];
  });
}

export const certificates = clusterCheck({
  id: 'certificates',
  stage: 'api-server',
  severity: 'warn',
  title: 'the certificates of apid and kube-apiserver are renewed long before they expire',
  explanation:
    'The certificate of a server expires soon. Talos renews those of apid every 12 hours and those of kube-apiserver every half a year: it has not.',
  requires: [],
  reads: [],
  alsoReads: ['endpoints', 'apiServer', 'kubernetes.nodes'],
  docs: {
    pending: 'never: it only warns',
    warn: 'the certificate that an endpoint showed when the gate connected, or the API server of a control plane, expires within `min-certificate-days` (14, or a tenth of the lifetime if that is shorter than twice as long, as it is for apid), or has expired. An endpoint with a certificate that has expired cannot be used at all: `api-reachable` has it',
    skip: 'no certificate was seen',
    talosctl: 'not asked there',
    reports: ['kubernetes/kubeadm#581'],
    advice: 'See why Talos does not renew it: the clock of the node, and the log of its controllers',
    commands: ['talosctl -n 10.0.0.2 get timestatus', 'talosctl -n 10.0.0.2 logs controller-runtime'],
  },
  evaluate(_, { snapshot, options: { certificate } }) {
    const { at } = snapshot;
    const seen = [...apids(snapshot), ...apiServers(snapshot)];
    const expiring = seen.filter(({ validity }) => validity.notAfter - at < leastLeft(validity, certificate.minDays));
    if (seen.length === 0) {
      return skip('no certificate was seen');
    }
    if (expiring.length === 0) {
      const first = Math.min(...seen.map(({ validity }) => validity.notAfter));
      return pass(`${count(seen.length, 'certificate')}, the first expires at ${date(first)}`);
    }
    const words = expiring.map(({ what, validity: { notAfter } }) => {
      const when = notAfter <= at ? 'expired' : 'expires';
      return `the certificate of ${what} ${when} at ${date(notAfter)}`;
    });
    const nodes = [...new Set(expiring.flatMap(({ node }) => (node === undefined ? [] : [node])))];
    return warn(
      words.join('; '),
      hint(
        'Talos renews it by itself, and has not: compare the clock of the node with the right time, and read the log of its controllers.',
        talosctl(nodes, 'get timestatus'),
        talosctl(nodes, 'logs controller-runtime'),
      ),
    );
  },
});
