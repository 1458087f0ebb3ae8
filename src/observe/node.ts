import { setTimeout as pause } from 'node:timers/promises';
import { version } from '../talos/api.ts';
import type { StaticPod } from '../talos/model.ts';
import type { AskApiServer } from './api-server.ts';
import { type Asked, askFacets } from './ask-facets.ts';
import type { ClusterNode } from './cluster.ts';
import type { Facet } from './facet.ts';
import { nodeFacets } from './facets.ts';
import { otherMachine, silentNode } from './silent-node.ts';
import type { Impostor, NodeSnapshot } from './snapshot.ts';

/**
 * How long the first address is waited for alone, in milliseconds and as a share
 * of what a call may take: a network that drops packets says nothing.
 */
const headStart = { longest: 1000, share: 0.1 };

/** What an answer tells of the machine that gave it. */
type Answerer = Pick<NodeSnapshot, 'identity'> & Partial<Pick<NodeSnapshot, 'nodename'>>;

/**
 * Who answers, if that is another machine than the one that is meant. Where it does not tell
 * its node id, its Kubernetes node name counts; one that tells neither may be the one that is meant.
 */
function otherThan(
  { nodeId, nodename }: ClusterNode,
  { identity, nodename: told }: Answerer,
): Omit<Impostor, 'address'> | undefined {
  if (identity.ok && identity.value !== '') {
    return nodeId !== undefined && identity.value !== nodeId ? { nodeId: identity.value } : undefined;
  }
  const named = told?.ok === true ? told.value.nodename : '';
  return nodename !== undefined && named !== '' && named !== nodename ? { nodename: named } : undefined;
}

/**
 * Everything about one node, asked side by side, at the first of its addresses
 * at which it answers itself: where another machine answers, that is no answer.
 *
 * @param known the address at which it is expected to answer: then all goes at once, and else `Version` goes
 *   first and alone, since a node that does not answer then costs one call instead of a dozen
 */
export async function observeNode(asked: Asked, askApiServer: AskApiServer, known?: string): Promise<NodeSnapshot> {
  const { node, limits } = asked;
  const expected = known ?? node.address;
  const seen = observeSomewhere(asked, known);
  const found = seen.then(({ answeredAt = expected, staticPods }) => ({
    host: answeredAt,
    port: portOf(staticPods) ?? node.apiServerPort,
  }));
  const apiServer =
    node.role === 'controlplane'
      ? askApiServer({ host: expected, port: node.apiServerPort }, found, limits)
      : undefined;
  return { ...(await seen), ...(await apiServer) };
}

/** Where kube-apiserver serves by its static pod: without discovery nobody else knows. */
function portOf(pods: Facet<readonly StaticPod[]>): number | undefined {
  return pods.ok ? pods.value.find(({ id }) => id === 'kube-apiserver')?.port : undefined;
}

async function observeSomewhere(asked: Asked, known: string | undefined): Promise<NodeSnapshot> {
  const { node, failover, limits } = asked;
  const first = known ?? node.address;
  const others = node.addresses.filter((other) => other !== first);
  const answer = failover.ask(version, first);
  const whole = observeAt(asked, first, answer, known !== undefined);
  if (others.length > 0) {
    const alone = Math.min(headStart.longest, headStart.share * limits.rpcTimeout);
    const early = await Promise.race([answer, pause(alone, undefined, { ref: false })]);
    if (early === undefined || (!early.ok && early.error.layer === 'node')) {
      return await elsewhere(asked, first, others, whole);
    }
  }
  const seen = await whole;
  return otherThan(node, seen) === undefined ? seen : await elsewhere(asked, first, others, whole);
}

/** Everything at one address. */
async function observeAt(
  asked: Asked,
  address: string,
  versionAsked: Promise<NodeSnapshot['version']>,
  isExpected: boolean,
): Promise<NodeSnapshot> {
  const facets = await askFacets(asked, address, versionAsked, isExpected);
  return { node: asked.node, ...(facets.version.ok && { answeredAt: address }), ...facets };
}

/** At the other addresses too, while the first one is still waited for. */
async function elsewhere(
  asked: Asked,
  first: string,
  others: readonly string[],
  whole: Promise<NodeSnapshot>,
): Promise<NodeSnapshot> {
  const { node, failover } = asked;
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
  const atFirst = whole.then((seen) => {
    expect(first, seen);
    return seen;
  });
  const attempts = others.map(async (address) => {
    const answer = failover.ask(version, address);
    const [answered, identity] = await Promise.all([answer, failover.ask(nodeFacets.identity.read, address)]);
    expect(address, { version: answered, identity });
    const seen = await observeAt(asked, address, answer, true);
    expect(address, seen);
    return seen;
  });
  const found = await Promise.any([atFirst, ...attempts]).catch(() => whole);
  const isOthers = otherThan(node, found) !== undefined;
  const seen = isOthers ? silentNode(node, otherMachine(first), found.version.at) : found;
  return impostors.length > 0 ? { ...seen, impostors } : seen;
}
