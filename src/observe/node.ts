import { setTimeout as pause } from 'node:timers/promises';
import { version } from '../talos/api.ts';
import type { StaticPod } from '../talos/model/kubernetes.ts';
import { askFacets, type NodeQuery } from './facets/ask.ts';
import type { Facet } from './facets/facet.ts';
import { nodeFacets } from './facets/table.ts';
import type { AskApiServer } from './kubernetes/api-server.ts';
import type { ClusterNode } from './members/cluster.ts';
import { otherMachine, silentNode } from './silent-node.ts';
import type { Impostor, NodeSnapshot } from './snapshot.ts';

/**
 * How long to wait for the first address before the others are tried, in milliseconds and as a share of the timeout: a
 * network that drops packets returns no error.
 */
const headStart = { longest: 1000, share: 0.1 };

/** The part of an answer that identifies its machine. */
type Answerer = Pick<NodeSnapshot, 'identity'> & Partial<Pick<NodeSnapshot, 'nodename'>>;

/**
 * The machine that answered, if it is not the expected one. Without a node id its Kubernetes node name decides; without
 * either, it may be the expected one.
 */
function otherThan(
  { nodeId, nodename }: ClusterNode,
  { identity, nodename: reported }: Answerer,
): Omit<Impostor, 'address'> | undefined {
  if (identity.ok && identity.value !== '') {
    return nodeId !== undefined && identity.value !== nodeId ? { nodeId: identity.value } : undefined;
  }
  const named = reported?.ok === true ? reported.value.nodename : '';
  return nodename !== undefined && named !== '' && named !== nodename ? { nodename: named } : undefined;
}

/**
 * Whether a machine with another node id goes by the Kubernetes node name of the node: it was installed anew, and
 * discovery lists its former id for up to half an hour. A name stands in the list once, with either id.
 */
function isInstalledAnew({ nodename }: ClusterNode, { nodename: reported }: Answerer): boolean {
  return nodename !== undefined && reported?.ok === true && reported.value.nodename === nodename;
}

/**
 * Observes everything of one node concurrently, at the first of its addresses at which it answers itself: an answer of
 * another machine does not count.
 *
 * @param known the address at which it is expected to answer: then all calls are sent at once. Else `Version` is called
 *   first, so that a node that does not answer costs one call instead of a dozen.
 */
export async function observeNode(query: NodeQuery, askApiServer: AskApiServer, known?: string): Promise<NodeSnapshot> {
  const { node, limits } = query;
  const expected = known ?? node.address;
  const observed = observeSomewhere(query, known);
  const found = observed.then(({ answeredAt = expected, staticPods }) => ({
    host: answeredAt,
    port: portOf(staticPods) ?? node.apiServerPort,
  }));
  const apiServer =
    node.role === 'controlplane'
      ? askApiServer({ host: expected, port: node.apiServerPort }, found, limits)
      : undefined;
  return { ...(await observed), ...(await apiServer) };
}

/** The port of kube-apiserver in its static pod: the only source of it without discovery. */
function portOf(pods: Facet<readonly StaticPod[]>): number | undefined {
  return pods.ok ? pods.value.find(({ id }) => id === 'kube-apiserver')?.port : undefined;
}

async function observeSomewhere(query: NodeQuery, known: string | undefined): Promise<NodeSnapshot> {
  const { node, client, limits } = query;
  const first = known ?? node.address;
  const others = node.addresses.filter((other) => other !== first);
  const answer = client.ask(version, first);
  const whole = observeAt(query, first, answer, known !== undefined);
  if (others.length > 0) {
    const alone = Math.min(headStart.longest, headStart.share * limits.rpcTimeout);
    const early = await Promise.race([answer, pause(alone, undefined, { ref: false })]);
    if (early === undefined || (!early.ok && early.error.layer === 'node')) {
      return await elsewhere(query, first, others, whole);
    }
  }
  const observed = await whole;
  return otherThan(node, observed) === undefined ? observed : await elsewhere(query, first, others, whole);
}

async function observeAt(
  query: NodeQuery,
  address: string,
  versionAsked: Promise<NodeSnapshot['version']>,
  isExpected: boolean,
): Promise<NodeSnapshot> {
  const facets = await askFacets(query, address, versionAsked, isExpected);
  return { node: query.node, ...(facets.version.ok && { answeredAt: address }), ...facets };
}

/** Tries the other addresses while still waiting for the first one. */
async function elsewhere(
  query: NodeQuery,
  first: string,
  others: readonly string[],
  whole: Promise<NodeSnapshot>,
): Promise<NodeSnapshot> {
  const { node, client } = query;
  const impostors: Impostor[] = [];
  const expect = (address: string, answerer: Answerer & Pick<NodeSnapshot, 'version'>): void => {
    const other = otherThan(node, answerer);
    if (other !== undefined) {
      impostors.push({ address, ...other });
    }
    if (other !== undefined || !answerer.version.ok) {
      throw new Error('it does not answer there');
    }
  };
  const atFirst = whole.then((observed) => {
    expect(first, observed);
    return observed;
  });
  const attempts = others.map(async (address) => {
    const answer = client.ask(version, address);
    const [answered, identity] = await Promise.all([answer, client.ask(nodeFacets.identity.read, address)]);
    expect(address, { version: answered, identity });
    const observed = await observeAt(query, address, answer, true);
    expect(address, observed);
    return observed;
  });
  const found = await Promise.any([atFirst, ...attempts]).catch(() => whole);
  if (otherThan(node, found) === undefined) {
    return impostors.length > 0 ? { ...found, impostors } : found;
  }
  return isInstalledAnew(node, found) ? found : silentNode(node, otherMachine(first), found.version.at, impostors);
}
