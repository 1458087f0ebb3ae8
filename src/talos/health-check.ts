import { ClusterService } from '../gen/cluster/cluster_pb.ts';
import type { Metadata } from '../gen/common/common_pb.ts';
import { classify } from './classify.ts';
import type { Failure } from './failure.ts';
import { type CallOptions, type Channel, serverStream } from './grpc/call.ts';
import { Status } from './grpc/transport.ts';

/** What a control plane checks. */
export interface HealthCheckRequest {
  /** Milliseconds; the server gives up after that. */
  readonly waitTimeout: number;
  /** Addresses. If both lists are empty, the server discovers the nodes. */
  readonly controlPlaneNodes: readonly string[];
  readonly workerNodes: readonly string[];
  /** The Kubernetes endpoint that the server uses; `''` for the one in the cluster's kubeconfig. */
  readonly forceEndpoint: string;
}

/** One line of progress. */
export interface HealthCheckLine {
  readonly message: string;
  /** The node that sent the line, if the endpoint adds it; otherwise `''`. */
  readonly hostname: string;
  /** Why the node sent no line. */
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
 * `cluster.ClusterService/HealthCheck`: a control plane runs the checks of
 * talosctl. Ends when all of them passed, and throws otherwise.
 * @throws {CallError}
 */
export async function* healthCheck(
  channel: Channel,
  request: HealthCheckRequest,
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
