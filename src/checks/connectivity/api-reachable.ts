import type { CheckOptions } from '../../inputs/options.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Failure, FailureKind } from '../../talos/failure.ts';
import { shellWord } from '../../values/shell.ts';
import type { Cause, Hint } from '../check.ts';
import { nodeCheck } from '../define.ts';
import {
  allEndpointsFailed,
  endpointNodes,
  hasOnlyWorkers,
  isAccepted,
  isReached,
  proxyAdvice,
} from '../facts/endpoints.ts';
import { etcdFacts } from '../facts/etcd.ts';
import { impostorText } from '../facts/nodes.ts';
import { fail, here, hint, onNodes, pass, pending, roleHint } from '../outcome.ts';
import { talosctl } from '../text.ts';

const words: Partial<Record<FailureKind, string>> = {
  refused: 'the Talos API refuses connections',
  'no-route': 'there is no route to it',
  unresolved: 'its name cannot be resolved',
  'connect-timeout': 'connecting to it times out',
  timeout: 'it does not answer in time',
  cancelled: 'there was no time for its answer',
  dropped: 'the connection was dropped',
  'wrong-ca': 'its certificate is not of this cluster',
  'server-certificate': 'its server certificate is not valid',
  'not-talos': 'what answers there is not the Talos API',
  'other-machine': 'the machine itself does not answer',
  'no-forwarding': 'the endpoint does not forward calls to it',
  proxy: 'the proxy does not lead there',
  starting: 'it accepts no calls yet',
};

function wordsFor({ kind }: Failure, { credentials }: Snapshot): string {
  const isUnknown = kind === 'unresolved' && credentials.account !== undefined;
  return isUnknown ? 'Omni does not know it' : (words[kind] ?? 'it gives no answer');
}

/** Whether the node itself answered with an error, rather than an endpoint or the network. */
function isNodeError({ kind, layer, code }: Failure): boolean {
  return kind === 'other' && layer === 'node' && code !== 'UNAVAILABLE';
}

/** Names the endpoint if it failed, because then nothing is known about the node behind it. */
function endpointPrefix({ layer, endpoint }: Failure, snapshot: Snapshot): string {
  const through = endpoint === undefined ? '' : ` (${endpoint})`;
  if (!isReached(snapshot)) {
    return `no endpoint answers${through}: `;
  }
  return layer === 'endpoint' ? `not asked, the endpoint${through} failed: ` : '';
}

function causes({ kind, layer }: Failure, snapshot: Snapshot): readonly Cause[] {
  return [
    ...(layer === 'node' && isAccepted(snapshot) ? [] : here('credentials')),
    ...(kind === 'no-forwarding' || hasOnlyWorkers(snapshot) ? here('topology') : []),
  ];
}

/** If no endpoint answers, the causes for a node that is not an endpoint are the nodes that are, or the endpoints. */
function behindEndpoints(node: NodeSnapshot, snapshot: Snapshot, options: CheckOptions): readonly Cause[] {
  if (isAccepted(snapshot) || !allEndpointsFailed(snapshot)) {
    return [];
  }
  const own = endpointNodes(snapshot, options);
  return own.includes(node) ? [] : [...onNodes(own, 'api-reachable'), ...here('topology')];
}

function advice(node: NodeSnapshot, failure: Failure, snapshot: Snapshot): Hint {
  const { kind, layer } = failure;
  const gone = goneAdvice(node, snapshot);
  // Omni takes nobody past it.
  const through = snapshot.credentials.account === undefined ? `-e ${shellWord(node.node.address)} ` : '';
  const direct = talosctl(node, `${through}version`);
  if (isNodeError(failure)) {
    return hint(
      'The Talos API runs on the node, but what is behind it fails: ask the node directly, and look at what the console of the machine shows.',
      direct,
    );
  }
  switch (kind) {
    case 'other-machine':
      return hint(
        'Find out who has its address: a virtual IP that has moved, a duplicate address, or NAT. Where the machine was installed anew under another name, discovery keeps its former node id for up to half an hour.',
        direct,
        talosctl(node, 'get identity'),
      );
    case 'wrong-ca':
      return hint(
        'The node is in maintenance mode and has no configuration yet, or it belongs to another cluster: see which. In maintenance mode, apply one, which installs Talos on its disk.',
        talosctl(node, 'get machinestatus --insecure'),
        talosctl(node, `apply-config --insecure --file ${node.node.role}.yaml`),
      );
    case 'proxy':
      return hint(proxyAdvice);
    case 'starting':
      return hint('Wait a moment. If it goes on, see whether apid is started again and again.', direct);
    case 'unresolved':
      if (snapshot.credentials.account !== undefined) {
        return hint(
          'See whether Omni has the machine, and by which name and address it knows it.',
          'omnictl get clustermachines',
        );
      }
      return hint(
        'Check the name, and the name servers of the endpoint, which resolves it; or give the address.',
        direct,
      );
    case 'server-certificate':
      return hint('Check the clock of the node and the names that its certificate is made for (certSANs).', direct);
    case 'not-talos':
      return hint('Check the address and the port: the Talos API listens on TCP port 50000.', direct);
    case 'timeout':
      return hint(
        `Check that the node is alive and reachable: a frozen machine and a dropped packet look the same. The Talos API listens on TCP port 50000.${gone}`,
        direct,
      );
    default:
      return hint(
        layer === 'endpoint'
          ? 'Check the network between here and the endpoints, firewall rules (TCP port 50000), and that the Talos API is running there.'
          : `Check that the node is up, the network, firewall rules (TCP port 50000 between the nodes), and that the Talos API is running on it.${gone}`,
        direct,
      );
  }
}

/** Discovery lists removed machines for up to half an hour. A control plane that is still a member of etcd was not removed. */
function goneAdvice({ node }: NodeSnapshot, snapshot: Snapshot): string {
  if (node.source !== 'discovery') {
    return '';
  }
  const late = 'Discovery lists a machine that is gone for good for up to half an hour';
  if (node.role === 'worker') {
    return ` ${late}: expected-workers says how many there should be.`;
  }
  const { reference, owners } = etcdFacts(snapshot);
  return reference === undefined || owners.ofNode.has(node.name)
    ? ''
    : ` It is no member of etcd. ${late}: expected-control-planes says how many there should be.`;
}

export const apiReachable = nodeCheck({
  id: 'api-reachable',
  stage: 'connectivity',
  scope: 'node',
  title: 'the Talos API answers',
  explanation: 'The node cannot be asked anything: it is down, cut off, or not (yet) a node of this cluster.',
  requires: [],
  reads: [],
  alsoReads: ['version', 'identity', 'endpoints'],
  docs: {
    pending:
      'the node gives no answer, or another machine answers in its place (a virtual IP that has moved, a duplicate address, NAT): refused, no route, no answer in time (frozen), a name that cannot be resolved, a certificate of another CA (maintenance mode), an apid that has just started and refuses everybody; failures of the endpoint and of the node behind it are told apart',
    fail: 'the role may not even read the version: it is none that may read, or every node that answers has refused it for a minute',
    explainedBy: ['credentials', 'topology', 'api-reachable'],
    talosctl: '"apid to be ready" of control planes and workers alike, as one error for all nodes',
    reports: ['siderolabs/talos#8954', 'siderolabs/talos#9927'],
    advice:
      'Check that the node is up, the network, firewall rules (TCP port 50000), and that the Talos API is running on it',
    commands: ['talosctl -n 10.0.0.2 -e 10.0.0.2 version', 'talosctl -n 10.0.0.2 get machinestatus --insecure'],
  },
  evaluate(_, { node, snapshot, options }) {
    if (node.version.ok) {
      const { answeredAt = node.node.address, node: known } = node;
      const elsewhere = answeredAt === known.address ? '' : ` at ${answeredAt}, and not at ${known.address}`;
      return pass(`Talos ${node.version.value.tag} answers${elsewhere}`);
    }
    const failure = node.version.error;
    const what = isNodeError(failure) ? 'it answers with an error' : wordsFor(failure, snapshot);
    const others = impostorText(node, snapshot);
    const reason = failure.kind === 'other-machine' ? '' : `: ${failure.message}`;
    const message = `${endpointPrefix(failure, snapshot)}${what}${reason}${others === '' ? '' : `; ${others}`}`;
    const explainedBy = [...causes(failure, snapshot), ...behindEndpoints(node, snapshot, options)];
    return failure.kind === 'not-authorized'
      ? fail(message, roleHint, explainedBy)
      : pending(message, advice(node, failure, snapshot), explainedBy);
  },
});
