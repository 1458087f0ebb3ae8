import { oneLine } from '../checks/text.ts';
import { type ClusterNode, hostsOf } from '../observe/cluster.ts';
import type { Failure } from '../talos/failure.ts';
import { hostIndex } from '../values/host-index.ts';
import { talosctlChecks } from './talosctl-checks.ts';
import { unreachedIn } from './unreached.ts';

/** What an error of the server lays on a check, and on a node where it names one that is known. */
export interface Attribution {
  readonly check: string;
  readonly node?: ClusterNode;
  /** The part of the error that is about this, on one line. */
  readonly text: string;
  /** Why the node gives no answer, where that is what is wrong. */
  readonly unreached?: Failure;
}

/** Stands for a check of the server that is not known here: its errors can be laid on nothing. */
export const ownCheck = 'server-check';

/** Finds the node that goes by a name or an address. */
export type FindNode = (host: string) => ClusterNode | undefined;

export function nodeFinder(nodes: readonly ClusterNode[]): FindNode {
  return hostIndex(nodes, hostsOf).find;
}

const component = /kube-(?:apiserver|controller-manager|scheduler)/g;

/** What Talos says itself of what Kubernetes answered; any other error of these checks that names no node is one of asking it. */
const assertions: readonly (readonly [pattern: RegExp, check?: string])[] = [
  [/^unexpected nodes with IPs /, 'no-unexpected-nodes'],
  [/^can't find expected node with IPs /, 'node-registered'],
  [/^(some (nodes|pods) are not |no (ready )?pods found |expected )/],
  // Of the Talos API, which gives the kubeconfig.
  [/^rpc error: /],
];

/** Checks that the server asks Kubernetes for. */
const ofKubernetes = new Set([
  'node-registered',
  'control-plane-pods',
  'node-ready',
  'kube-proxy',
  'coredns',
  'node-schedulable',
]);

/** Checks whose errors name static pods: which one it is says more. */
const ofStaticPods = new Set(['static-pods', 'control-plane-pods']);

/** Names in their errors are no nodes to blame. */
const ofCluster = new Set([
  'etcd-members-are-control-planes',
  'kubernetes-api',
  'no-unexpected-nodes',
  'kube-proxy',
  'coredns',
]);

/** Of several nodes one error each, the way Go's multierror and errors.Join print them. */
function partsOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*\*\s*/, '').trim())
    .filter((line) => line !== '' && !/^\d+ errors? occurred:$/.test(line));
}

/** What an error of the check with this title is to be laid on; at least one thing. */
export function attributeError(title: string, text: string, find: FindNode): readonly Attribution[] {
  const judged = talosctlChecks.find((one) => one.title === title)?.judges[0].check;
  if (judged === undefined) {
    return [{ check: ownCheck, text: oneLine(text) }];
  }
  const parts = judged === 'diagnostics' ? diagnosticsOf(text, find) : partsOf(text);
  const attributions = parts.flatMap((part) => blamePart(judged, part, find));
  return attributions.length > 0 ? attributions : [{ check: judged, text: oneLine(text) }];
}

/** `active diagnostics: 10.0.0.1: one, two; 10.0.0.2: three`. */
function diagnosticsOf(text: string, find: FindNode): readonly string[] {
  const parts: string[] = [];
  for (const part of text.replace(/^active diagnostics: /, '').split('; ')) {
    const last = parts.length - 1;
    // A diagnostic may hold a semicolon itself.
    if (last < 0 || leading(part, find) !== undefined) {
      parts.push(part);
    } else {
      parts[last] += `; ${part}`;
    }
  }
  return parts;
}

/** An error that fits no known phrase is the running check's own where it names a node. */
function checkOf(judged: string, part: string, find: FindNode): string {
  if (!ofKubernetes.has(judged)) {
    return judged;
  }
  const assertion = assertions.find(([pattern]) => pattern.test(part));
  if (assertion === undefined) {
    return named(part, find).nodes.length > 0 ? judged : 'kubernetes-api';
  }
  return assertion[1] ?? judged;
}

function blamePart(judged: string, part: string, find: FindNode): readonly Attribution[] {
  const check = checkOf(judged, part, find);
  const { nodes, text } = ofCluster.has(check) ? { nodes: [], text: part } : named(part, find);
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
  // A number of pods that is wrong says only that Kubernetes does not know of one.
  const components = ofStaticPods.has(check) && !part.startsWith('expected ') ? (part.match(component) ?? []) : [];
  const checks = components.map((name) =>
    name === 'kube-apiserver' ? 'api-server-ready' : 'control-plane-components',
  );
  return checks.length === 0 ? [check] : [...new Set(checks)];
}

interface Named {
  readonly nodes: readonly ClusterNode[];
  /** Without the name, where it stands apart. */
  readonly text: string;
}

/** `10.0.0.1: …`. */
function leading(part: string, find: FindNode): Named | undefined {
  const [, host = '', text = ''] = /^(\S+?): (.*)$/s.exec(part) ?? [];
  const node = find(host);
  return node === undefined ? undefined : { nodes: [node], text };
}

/** Talos names a node at the beginning, as `node "10.0.0.1"` or `node 10.0.0.1:`, in a list, or somewhere else. */
function named(part: string, find: FindNode): Named {
  const host = /\bnode "([^"]+)"/.exec(part)?.[1] ?? /\b(?:node|machine) (\S+?)(?=:? |:?$)/.exec(part)?.[1];
  const node = host === undefined ? undefined : find(host);
  const { nodes } = node === undefined ? listed(part, find) : { nodes: [node] };
  return leading(part, find) ?? { nodes: nodes.length > 0 ? nodes : mentioned(part, find), text: part };
}

/** An address that is connected to or looked up is a server's, whichever node it stands on. */
const connecting = /https?:\/\/|\b(?:dial|lookup|read|write) /;

function mentioned(part: string, find: FindNode): readonly ClusterNode[] {
  const words = connecting.test(part) ? [] : part.split(/[\s,;"'()]+/);
  return [...new Set(words.flatMap((word) => find(word.replace(/[:.]+$/, '')) ?? []))];
}

/** Names, addresses and control plane pods in brackets: `[worker-1 worker-2]`, `["10.0.0.1" "fd00::1"]`. */
function listed(part: string, find: FindNode): Named {
  const names = [...part.matchAll(/\[([^[\]]*)\]/g)].flatMap(([, list = '']) => list.split(/[\s,]+/));
  const nodes = names
    .map((name) => name.replace(/^"|"$/g, ''))
    .flatMap((name) => find(name) ?? find(name.replace(/^kube-(apiserver|controller-manager|scheduler)-/, '')) ?? []);
  return { nodes: [...new Set(nodes)], text: part };
}
