import { endpointsHint, isAccepted } from '../checks/facts/endpoints.ts';
import { nodeAt } from '../checks/facts/nodes.ts';
import type { EndpointSnapshot, Snapshot } from '../observe/snapshot.ts';
import type { FailureKind } from '../talos/failure.ts';
import { type Context, hintOf, nodeOf, openOf } from './context.ts';
import { matchOf } from './match.ts';
import type { Rule } from './root-cause.ts';
import { nameEndpoint } from './text.ts';

const kinds: Partial<Record<FailureKind, string>> = {
  refused: 'the Talos API refuses connections',
  'no-route': 'there is no route to it',
  unresolved: 'its name cannot be resolved',
  'connect-timeout': 'no connection in time',
  timeout: 'it accepts connections and does not answer',
  dropped: 'the connection is dropped',
  'server-certificate': 'its certificate is not valid for this name or date',
  'not-talos': 'what answers there is not the Talos API',
  proxy: 'the proxy does not lead there',
  starting: 'it accepts no calls yet',
};

function describe({ failure }: EndpointSnapshot): string {
  const what = failure === undefined ? 'no answer' : (kinds[failure.kind] ?? 'no answer');
  return `${what}${failure === undefined || failure.message === '' ? '' : ` (${failure.message})`}`;
}

/** @param named whether the nodes of the endpoints stand before the title, else the word `endpoints` */
function titleOf(failed: readonly EndpointSnapshot[], snapshot: Snapshot, named: boolean): string {
  const reasons = new Set(failed.map(({ failure }) => failure?.kind));
  const [first] = failed;
  if (first === undefined) {
    return 'no endpoint answers';
  }
  if (failed.length === 1) {
    // The endpoint only, without a node: behind a load balancer or a DNS name there may be several machines.
    return `${named ? 'the only endpoint' : `${first.endpoint}, the only one,`} does not answer: ${describe(first)}`;
  }
  const all = `none of the ${failed.length}${named ? ' endpoints' : ''} answers: `;
  return reasons.size === 1
    ? `${all}${kinds[first.failure?.kind ?? 'other'] ?? first.failure?.message ?? ''}`
    : all +
        failed
          .slice(0, 3)
          .map(
            (endpoint) =>
              `${nameEndpoint(endpoint, snapshot)} ${kinds[endpoint.failure?.kind ?? 'other'] ?? 'no answer'}`,
          )
          .join('; ');
}

export const noEndpoint: Rule = {
  id: 'no-endpoint',
  symptom: 'No endpoint answers, for reasons of the network or of the endpoints: the nodes behind them are not blamed.',
  match: (context: Context) => {
    const { snapshot } = context;
    const accepted = isAccepted(snapshot);
    const silent = openOf(context, 'api-reachable').filter((finding) => {
      const version = nodeOf(context, finding)?.version;
      return version?.ok === false && (!accepted || version.error.layer === 'endpoint');
    });
    const topology = accepted ? [] : openOf(context, 'topology');
    const failed = snapshot.endpoints.filter(({ state }) => state === 'failed');
    if (silent.length + topology.length === 0 || failed.length === 0) {
      return [];
    }
    // A failure of the proxy is not the fault of a node.
    const atFault = failed.filter(({ failure }) => failure?.kind !== 'proxy');
    const own = silent.filter((finding) => {
      const node = nodeOf(context, finding)?.node;
      return node !== undefined && atFault.some((endpoint) => nodeAt(snapshot, endpoint)?.name === node.name);
    });
    const rest = silent.filter((finding) => !own.includes(finding));
    const [findings, consequences] = own.length > 0 ? [own, [...topology, ...rest]] : [[...topology, ...rest], []];
    return matchOf(findings, {
      blames: own.length > 0 ? 'nodes' : 'endpoints',
      title: titleOf(failed, snapshot, own.length > 0),
      explanation:
        'Every call goes through an endpoint. They are down or cut off from here; of the nodes behind them nothing can be known.',
      hint: own.length > 0 ? hintOf(own) : endpointsHint(snapshot),
      consequences,
    });
  },
};
