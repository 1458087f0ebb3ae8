import type { Failure } from '../../talos/failure.ts';
import type { EndpointSnapshot } from '../snapshot.ts';
import type { EndpointChannel } from './channels.ts';
import type { RateLimit } from './rate-limit.ts';

/** An endpoint and its state. */
export interface Endpoint extends EndpointChannel {
  /** `untried`: no attempt has been completed yet. */
  state: 'untried' | 'trying' | 'healthy' | 'failed' | 'worker';
  /** Whether it has answered since the endpoints were last tried. */
  confirmed: boolean;
  /** How often it has failed so far: an endpoint that flaps is used last. */
  failures: number;
  failure?: Failure;
  /** Of the machine that answered last: behind a DNS name or a load balancer it changes. */
  nodeId?: string;
  /** When it last answered any call, epoch milliseconds. */
  answeredAt: number;
  /** When the newest call that it answered was sent, epoch milliseconds. */
  aliveAt: number;
  /** How long its last answer for itself took, in milliseconds. */
  latency: number;
  /** Limits the liveness probes through this endpoint. */
  readonly rateLimit: RateLimit;
  /** The newest attempt: resolves once it is known whether the endpoint answers; never rejects. */
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
 * Why no endpoint can be used. If the node is an endpoint, its own failure; else a failure that the caller has to fix
 * comes before one of the network, and a worker before an endpoint that does not answer.
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

/** The state of an endpoint after this failure. */
export const stateAfter = ({ kind }: Failure): 'failed' | 'worker' => (kind === 'no-forwarding' ? 'worker' : 'failed');

export function endpointSnapshot(endpoint: Endpoint, used: boolean): EndpointSnapshot {
  const { channel, failure, nodeId } = endpoint;
  const { serverCertificate: certificate } = channel;
  return {
    endpoint: channel.endpoint,
    // While it is tried again, it counts as failed until it answers.
    state: failure !== undefined ? stateAfter(failure) : used ? 'used' : 'standby',
    ...(failure !== undefined && { failure }),
    ...(nodeId !== undefined && { nodeId }),
    ...(certificate !== undefined && { certificate }),
  };
}
