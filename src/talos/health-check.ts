import { ClusterService } from '../gen/cluster/cluster_pb.ts';
import type { Metadata } from '../gen/common/common_pb.ts';
import { type CallOptions, type Channel, serverStream } from './call.ts';
import { classify } from './classify.ts';
import type { Failure } from './failure.ts';
import { Status } from './transport.ts';

/** What a control plane is asked to check. */
export interface HealthCheckQuestion {
  /** Milliseconds; the server gives up after that. */
  readonly waitTimeout: number;
  /** Addresses; both empty means that the server finds the nodes itself. */
  readonly controlPlaneNodes: readonly string[];
  readonly workerNodes: readonly string[];
  /** Where the server is to ask Kubernetes; `''` leaves it what the cluster's kubeconfig has. */
  readonly forceEndpoint: string;
}

/** One line of its progress. */
export interface HealthCheckLine {
  readonly message: string;
  /** The node that the line is of, where an endpoint between says so; else `''`. */
  readonly hostname: string;
  /** Why that node gives none. */
  readonly failure?: Failure;
}

function failureOf(metadata: Metadata | undefined, endpoint: string): Failure | undefined {
  const details = metadata?.status?.message || metadata?.error;
  const code = metadata?.status?.code ?? Status.OK;
  if (!details && code === Status.OK) {
    return undefined;
  }
  const name = Status[code === Status.OK ? Status.UNKNOWN : code] ?? 'UNKNOWN';
  return classify({ code: name, details: details || name }, endpoint);
}

/**
 * `cluster.ClusterService/HealthCheck`: the checks of talosctl, run by a
 * control plane. It ends when all have passed; whatever else ends it is thrown.
 * @throws {CallError}
 */
export async function* healthCheck(
  channel: Channel,
  request: HealthCheckQuestion,
  options: CallOptions,
): AsyncGenerator<HealthCheckLine, void, undefined> {
  const { waitTimeout, controlPlaneNodes, workerNodes, forceEndpoint } = request;
  const input = {
    waitTimeout: {
      seconds: BigInt(Math.floor(waitTimeout / 1000)),
      nanos: Math.floor(waitTimeout % 1000) * 1_000_000,
    },
    clusterInfo: { controlPlaneNodes: [...controlPlaneNodes], workerNodes: [...workerNodes], forceEndpoint },
  };
  for await (const { metadata, message } of serverStream(channel, ClusterService.method.healthCheck, input, options)) {
    const failure = failureOf(metadata, channel.endpoint);
    yield { message, hostname: metadata?.hostname ?? '', ...(failure !== undefined && { failure }) };
  }
}
