import { isIP } from 'node:net';
import { ClusterService } from '../gen/cluster/cluster_pb.ts';
import { etcdChecks } from '../health/etcd.ts';
import { kubernetesChecks } from '../health/kubernetes.ts';
import { machineChecks } from '../health/machines.ts';
import { allAddresses, type HealthCheck, type HealthView } from '../health/view.ts';
import { type Endpoint, implement } from '../node/endpoint.ts';
import type { Records } from '../records.ts';
import { StatusError } from '../status.ts';
import type { World } from '../world.ts';

const checks: readonly HealthCheck[] = [...etcdChecks, ...machineChecks, ...kubernetesChecks];

/** How often, and how long, a check is tried unless it says otherwise, in milliseconds. */
const usualInterval = 5000;

/**
 * `cluster.ClusterService`: the checks of talosctl in order, on the state of
 * this cluster. Each is retried until it passes; a line is sent when the outcome
 * changes, and the deadline ends the stream with a status.
 */
export function healthService(world: World, records: Records): readonly Endpoint[] {
  return [
    implement(
      ClusterService.method.healthCheck,
      async function* (name, { waitTimeout, clusterInfo }, { roles, signal }) {
        if (world.node(name).role === 'worker') {
          throw new StatusError('UNIMPLEMENTED', 'cluster health check is only available on control plane nodes');
        }
        const view = (): HealthView => ({
          state: world.state,
          services: (node) => records.services(node),
          roles,
          self: name,
          givenControlPlanes: clusterInfo?.controlPlaneNodes ?? [],
          givenWorkers: clusterInfo?.workerNodes ?? [],
          givenEndpoint: clusterInfo?.forceEndpoint ?? '',
        });
        for (const given of [...view().givenControlPlanes, ...view().givenWorkers]) requireAddress(given);
        const addresses = allAddresses(view()).map((address) => JSON.stringify(address));
        yield { message: `discovered nodes: [${addresses.join(' ')}]` };
        const milliseconds = Number(waitTimeout?.seconds ?? 0n) * 1000 + (waitTimeout?.nanos ?? 0) / 1e6;
        const deadline = world.clock.now() + milliseconds;
        for (const check of checks) yield* untilPassed(world, check, view, deadline, signal);
      },
    ),
  ];
}

/** The lines of one check. `deadline` is in epoch milliseconds. */
async function* untilPassed(
  world: World,
  { title, interval = usualInterval, assess }: HealthCheck,
  view: () => HealthView,
  deadline: number,
  signal: AbortSignal,
): AsyncIterable<{ message: string }> {
  const left = () => deadline - world.clock.now();
  const timeIsUp = new StatusError('DEADLINE_EXCEEDED', 'context deadline exceeded');
  if (left() <= 0) throw timeIsUp;
  let told = `waiting for ${title}: ...`;
  yield { message: told };
  while (!signal.aborted) {
    const outcome = assess(view());
    const slow = typeof outcome === 'object' && outcome.slow === true;
    // an attempt that hangs uses up its time; any other is followed by a pause
    if (slow) await world.sleep(Math.min(interval, Math.max(left(), 0)), signal);
    const line = `waiting for ${title}: ${typeof outcome === 'string' ? outcome : outcome.error}`;
    if (line !== told) yield { message: line };
    told = line;
    if (typeof outcome === 'string') return;
    if (!slow) await world.sleep(Math.min(interval, Math.max(left(), 0)), signal);
    if (left() <= 0) throw timeIsUp;
  }
}

/** Nodes are given by address: the server looks up no names. */
function requireAddress(given: string): void {
  if (isIP(given) === 0) throw new StatusError('UNKNOWN', `ParseAddr(${JSON.stringify(given)}): unable to parse IP`);
}
