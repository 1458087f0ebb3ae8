import { kubernetesFacts } from '../checks/facts/kubernetes.ts';
import { impostorText } from '../checks/facts/nodes.ts';
import { nodesOf } from '../gate/finding.ts';
import type { Role } from '../observe/members/cluster.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import type { FailureKind } from '../talos/failure.ts';
import { type Context, openOnNodes } from './context.ts';
import { matchOf } from './match.ts';
import type { Match, Rule } from './root-cause.ts';
import { verb } from './text.ts';

/** Nodes behind a working endpoint that do not answer, grouped by reason. */

interface Kind {
  readonly id: string;
  readonly symptom: string;
  readonly role?: Role;
  matches(kind: FailureKind, message: string): boolean;
  title(nodes: readonly string[], reason: string): string;
  readonly explanation: string;
  /** Added to the explanation if Kubernetes is configured. */
  readonly kubernetesEffect?: string;
}

/** How apid reports a certificate outside its validity period. */
const outsideValidity = /certificate has expired|not yet valid/;

const unknownToOmni = /^resolve nodes: /;

const down: readonly FailureKind[] = ['refused', 'no-route', 'connect-timeout', 'dropped', 'unavailable'];
const isDown = (kind: FailureKind): boolean => down.includes(kind);

const reasons: Partial<Record<FailureKind, string>> = {
  refused: 'connection refused',
  'no-route': 'no route to host',
  'connect-timeout': 'connecting times out',
  dropped: 'the connection was dropped',
};

const kinds: readonly Kind[] = [
  {
    id: 'node-clock',
    symptom: 'An endpoint finds the certificate of a node expired or not yet valid.',
    matches: (_kind, message) => outsideValidity.test(message),
    title: (nodes) => `${verb(nodes, 'its clock is', 'their clocks are')} wrong, or the certificate was not renewed`,
    explanation:
      'The certificates of nodes live 24 hours and are renewed by themselves; one that is out of date shows a clock that is wrong.',
  },
  {
    id: 'maintenance',
    symptom: 'An endpoint finds the certificate of a node signed by another CA.',
    matches: (kind) => kind === 'wrong-ca',
    title: (nodes) =>
      `in maintenance mode, or ${verb(nodes, 'a node', 'nodes')} of another cluster: another CA signed ${verb(nodes, 'its certificate', 'their certificates')}`,
    explanation: 'A node that has no configuration, or lost it, has a CA of its own until it gets one.',
  },
  {
    id: 'dead-control-plane',
    symptom: 'A control plane behind a working endpoint refuses connections or cannot be reached.',
    role: 'controlplane',
    matches: isDown,
    title: (nodes, reason) => `the control plane ${verb(nodes, 'node is', 'nodes are')} down or cut off (${reason})`,
    explanation: 'What runs on a control plane is gone with it: a member of etcd, an API server, and its static pods.',
  },
  {
    id: 'dead-worker',
    symptom: 'A worker behind a working endpoint refuses connections or cannot be reached.',
    role: 'worker',
    matches: isDown,
    title: (nodes, reason) => `the worker ${verb(nodes, 'node is', 'nodes are')} down or cut off (${reason})`,
    explanation: 'Nothing else can be known of a node that does not answer.',
    kubernetesEffect: 'Kubernetes moves its pods away after a while.',
  },
  {
    id: 'frozen-node',
    symptom: 'A node behind a working endpoint takes the connection, or drops its packets, and never answers.',
    matches: (kind) => kind === 'timeout',
    title: () => 'does not answer in time: frozen, hung, or its packets are dropped',
    explanation: 'The machine may be frozen or overloaded, machined on it may hang, or a firewall drops its packets.',
  },
  {
    id: 'starting-apid',
    symptom: 'A node answers "not authorized" to a certificate whose role may read.',
    matches: (kind) => kind === 'starting',
    title: () => 'apid has just started and accepts no calls yet',
    explanation:
      'For some seconds after apid has started, Talos refuses every call, whatever the role of the caller. Where that goes on, apid crashes and is started again and again.',
  },
  {
    id: 'unknown-machine',
    symptom: 'Omni knows no machine of this name or address in the cluster.',
    matches: (kind, message) => kind === 'unresolved' && unknownToOmni.test(message),
    title: (nodes) => `Omni does not know ${verb(nodes, 'this machine', 'these machines')}`,
    explanation:
      'Omni knows a machine of the cluster by its name in Kubernetes, its first address or its machine id, and no machine that joined without it.',
  },
  {
    id: 'unresolved-node',
    symptom: "The endpoint cannot resolve a node's name.",
    matches: (kind) => kind === 'unresolved',
    title: (nodes) => `the endpoint cannot resolve ${verb(nodes, 'this name', 'these names')}`,
    explanation: 'Names of nodes are resolved by the endpoint, not by this machine.',
  },
];

function reasonOf(node: NodeSnapshot): FailureKind | undefined {
  return node.version.ok ? undefined : node.version.error.kind;
}

function match(kind: Kind, context: Context): readonly Match[] {
  const silent = openOnNodes(context, 'api-reachable').filter(
    ({ node: { version, node } }) =>
      !version.ok &&
      kind.matches(version.error.kind, version.error.message) &&
      (kind.role === undefined || kind.role === node.role),
  );
  const hasKubernetes = kubernetesFacts(context.snapshot).configured;
  return [...Map.groupBy(silent, ({ node }) => reasonOf(node))].flatMap(([failure, same]) => {
    const findings = same.map(({ finding }) => finding);
    const others = same.map(({ node }) => impostorText(node, context.snapshot)).filter((words) => words !== '');
    return matchOf(findings, {
      title: [kind.title(nodesOf(findings), reasons[failure ?? 'other'] ?? 'unavailable'), ...others].join('; '),
      explanation:
        hasKubernetes && kind.kubernetesEffect !== undefined
          ? `${kind.explanation} ${kind.kubernetesEffect}`
          : kind.explanation,
    });
  });
}

export const unreachable: readonly Rule[] = kinds.map((kind) => ({
  id: kind.id,
  symptom: kind.symptom,
  match: (context) => match(kind, context),
}));
