import type { Failure } from '../talos/failure.ts';
import type { EndpointChannel } from './channels.ts';
import type { RateLimit } from './rate-limit.ts';
import type { EndpointSnapshot } from './snapshot.ts';

/** An endpoint, with what is known of it. */
export interface Endpoint extends EndpointChannel {
  /** `untried`: nobody has waited for its answer so far. */
  state: 'untried' | 'trying' | 'good' | 'failed' | 'worker';
  /** Whether it has answered since all endpoints were tried last. */
  confirmed: boolean;
  /** How often it has failed so far: one that flaps is the last to be used. */
  failures: number;
  failure?: Failure;
  /** Of the machine that answered there last: behind a name or an address of many that changes. */
  nodeId?: string;
  /** When it last answered anything, epoch milliseconds. */
  answeredAt: number;
  /** When the latest of the questions was asked that it has answered, epoch milliseconds. */
  livedAt: number;
  /** How long it took to answer for itself last, in milliseconds. */
  pace: number;
  /** For questions that are asked again and again of who does not answer. */
  readonly rateLimit: RateLimit;
  /** The trial begun last: resolves once it is known whether the endpoint answers; never rejects. */
  tried: Promise<unknown>;
}

export const noForwarding = (endpoint: string): Failure => ({
  kind: 'no-forwarding',
  layer: 'endpoint',
  code: 'PERMISSION_DENIED',
  message: `the endpoint ${endpoint} is a worker, and workers do not forward requests`,
  endpoint,
});

/**
 * Why there is no way in. A node that is an endpoint has its own reason;
 * for the rest, the caller's fault says more than a network's, and a worker more than a silence.
 */
export function whyNone(endpoints: readonly Endpoint[], node?: string): Failure {
  const failed = endpoints.flatMap(({ host, failure }) => (failure === undefined ? [] : [{ host, failure }]));
  const telling =
    failed.find(({ host }) => host === node) ??
    failed.find(({ failure }) => failure.layer === 'caller') ??
    failed.find(({ failure }) => failure.kind === 'no-forwarding') ??
    failed[0];
  return (
    telling?.failure ?? { kind: 'other', layer: 'endpoint', code: 'UNAVAILABLE', message: 'no endpoint was tried' }
  );
}

/** What an endpoint is that has failed so. */
export const stateAfter = ({ kind }: Failure): 'failed' | 'worker' => (kind === 'no-forwarding' ? 'worker' : 'failed');

export function endpointSnapshot(endpoint: Endpoint, used: boolean): EndpointSnapshot {
  const { channel, failure, nodeId } = endpoint;
  return {
    endpoint: channel.endpoint,
    // One that is tried again is still what it failed as, until it answers.
    state: failure !== undefined ? stateAfter(failure) : used ? 'used' : 'standby',
    ...(failure !== undefined && { failure }),
    ...(nodeId !== undefined && { nodeId }),
  };
}
