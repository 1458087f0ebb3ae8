import { oneLine } from '../checks/text.ts';
import type { ClusterNode } from '../observe/members/cluster.ts';
import type { Failure } from '../talos/failure.ts';
import { hostIndex, hostsOf } from '../values/host-index.ts';
import { talosctlCheck } from './talosctl-checks.ts';
import { unreachedIn } from './unreached.ts';

/** The check that an error belongs to, and the node if the error names a known one. */
export interface Attribution {
  readonly check: string;
  readonly node?: ClusterNode;
  /** The relevant part of the error, on one line. */
  readonly text: string;
  /** Why the node cannot be reached, if that is the error. */
  readonly unreached?: Failure;
}

/** For errors of talosctl checks that this version does not know. */
export const serverCheckId = 'server-check';

/** Finds a node by name or address. */
export type FindNode = (host: string) => ClusterNode | undefined;

export function nodeFinder(nodes: readonly ClusterNode[]): FindNode {
  return hostIndex(nodes, hostsOf).find;
}

const component = /kube-(?:apiserver|controller-manager|scheduler)/g;

/** Errors of Talos about what Kubernetes answered. Any other error without a node is one of the Kubernetes API itself. */
const assertions: readonly (readonly [pattern: RegExp, check?: string])[] = [
  [/^unexpected nodes with IPs /, 'no-unexpected-nodes'],
  [/^can't find expected node with IPs /, 'node-registered'],
  [/^(some (nodes|pods) are not |no (ready )?pods found |expected )/],
  // From the Talos API, which issues the kubeconfig.
  [/^rpc error: /],
];

/** Checks for which the server queries Kubernetes. */
const kubernetesChecks = new Set([
  'node-registered',
  'control-plane-pods',
  'node-ready',
  'kube-proxy',
  'coredns',
  'node-schedulable',
]);

/** Checks whose errors name static pods, which have checks of their own. */
const staticPodChecks = new Set(['static-pods', 'control-plane-pods']);

/** Checks of the cluster: nodes named in their errors are not the cause. */
const clusterChecks = new Set([
  'etcd-members-are-control-planes',
  'kubernetes-api',
  'no-unexpected-nodes',
  'kube-proxy',
  'coredns',
]);

/** Splits the errors of several nodes as printed by Go's multierror and errors.Join. */
function splitErrors(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*\*\s*/, '').trim())
    .filter((line) => line !== '' && !/^\d+ errors? occurred:$/.test(line));
}

/** Attributes an error of the check with this title; returns at least one attribution. */
export function attributeError(title: string, text: string, find: FindNode): readonly Attribution[] {
  const check = talosctlCheck(title)?.checks[0].check;
  if (check === undefined) {
    return [{ check: serverCheckId, text: oneLine(text) }];
  }
  const parts = check === 'diagnostics' ? splitDiagnostics(text, find) : splitErrors(text);
  const attributions = parts.flatMap((part) => attributePart(check, part, find));
  return attributions.length > 0 ? attributions : [{ check, text: oneLine(text) }];
}

/** `active diagnostics: 10.0.0.1: one, two; 10.0.0.2: three`. */
function splitDiagnostics(text: string, find: FindNode): readonly string[] {
  const parts: string[] = [];
  for (const part of text.replace(/^active diagnostics: /, '').split('; ')) {
    const last = parts.length - 1;
    // A diagnostic may contain a semicolon.
    if (last < 0 || leadingNode(part, find) !== undefined) {
      parts.push(part);
    } else {
      parts[last] += `; ${part}`;
    }
  }
  return parts;
}

/** An error without a known pattern belongs to the current check if it names a node. */
function checkOf(current: string, part: string, find: FindNode): string {
  if (!kubernetesChecks.has(current)) {
    return current;
  }
  const assertion = assertions.find(([pattern]) => pattern.test(part));
  if (assertion === undefined) {
    return namedNodes(part, find).nodes.length > 0 ? current : 'kubernetes-api';
  }
  return assertion[1] ?? current;
}

function attributePart(current: string, part: string, find: FindNode): readonly Attribution[] {
  const check = checkOf(current, part, find);
  const { nodes, text } = clusterChecks.has(check) ? { nodes: [], text: part } : namedNodes(part, find);
  const unreached = nodes.length === 1 ? unreachedIn(check, part) : undefined;
  if (unreached !== undefined) {
    return nodes.map((node) => ({ check: 'api-reachable', node, text: oneLine(text), unreached }));
  }
  return podsOf(check, part).flatMap((one) =>
    nodes.length === 0
      ? [{ check: one, text: oneLine(part) }]
      : nodes.map((node) => ({ check: one, node, text: oneLine(text) })),
  );
}

function podsOf(check: string, part: string): readonly string[] {
  // An unexpected number of pods means that Kubernetes lacks one, not that a component failed.
  const components = staticPodChecks.has(check) && !part.startsWith('expected ') ? (part.match(component) ?? []) : [];
  const checks = components.map((name) =>
    name === 'kube-apiserver' ? 'api-server-ready' : 'control-plane-components',
  );
  return checks.length === 0 ? [check] : [...new Set(checks)];
}

interface Named {
  readonly nodes: readonly ClusterNode[];
  /** Without the leading name. */
  readonly text: string;
}

/** `10.0.0.1: …`. */
function leadingNode(part: string, find: FindNode): Named | undefined {
  const [, host = '', text = ''] = /^(\S+?): (.*)$/s.exec(part) ?? [];
  const node = find(host);
  return node === undefined ? undefined : { nodes: [node], text };
}

/** Talos names a node at the beginning, as `node "10.0.0.1"` or `node 10.0.0.1:`, in a list, or elsewhere. */
function namedNodes(part: string, find: FindNode): Named {
  const host = /\bnode "([^"]+)"/.exec(part)?.[1] ?? /\b(?:node|machine) (\S+?)(?=:? |:?$)/.exec(part)?.[1];
  const node = host === undefined ? undefined : find(host);
  const nodes = node === undefined ? bracketed(part, find) : [node];
  return leadingNode(part, find) ?? { nodes: nodes.length > 0 ? nodes : mentioned(part, find), text: part };
}

/** An address in a connection error or a DNS lookup is that of a server, not of the failing node. */
const connecting = /https?:\/\/|\b(?:dial|lookup|read|write) /;

function mentioned(part: string, find: FindNode): readonly ClusterNode[] {
  const words = connecting.test(part) ? [] : part.split(/[\s,;"'()]+/);
  return [...new Set(words.flatMap((word) => find(word.replace(/[:.]+$/, '')) ?? []))];
}

/** Names, addresses and control plane pods in brackets: `[worker-1 worker-2]`, `["10.0.0.1" "fd00::1"]`. */
function bracketed(part: string, find: FindNode): readonly ClusterNode[] {
  const names = [...part.matchAll(/\[([^[\]]*)\]/g)].flatMap(([, list = '']) => list.split(/[\s,]+/));
  const nodes = names
    .map((name) => name.replace(/^"|"$/g, ''))
    .flatMap((name) => find(name) ?? find(name.replace(/^kube-(apiserver|controller-manager|scheduler)-/, '')) ?? []);
  return [...new Set(nodes)];
}
