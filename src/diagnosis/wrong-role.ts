import { serviceTroubles } from '../checks/facts/services.ts';
import { hint } from '../checks/outcome.ts';
import { talosctl } from '../checks/text.ts';
import type { Finding } from '../gate/finding.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import { type Context, openOnNodes } from './context.ts';
import { matchOf } from './match.ts';
import type { Rule } from './root-cause.ts';

/** Services that only control planes run. */
const controlPlaneServices = ['etcd', 'trustd'];
const checks = [
  'services',
  'etcd-service',
  'etcd-members-consistent',
  'etcd-leader',
  'etcd-learners',
  'api-server-ready',
  'control-plane-components',
];

function looksLikeWorker({ node, services }: NodeSnapshot): boolean {
  return (
    node.source === 'given' &&
    node.role === 'controlplane' &&
    services.ok &&
    services.value.length > 0 &&
    !services.value.some(({ id }) => controlPlaneServices.includes(id))
  );
}

/** Whether the finding follows from the wrong role: other services that fail on the node do not. */
function follows({ check }: Finding, node: NodeSnapshot, { snapshot }: Context): boolean {
  return (
    check !== 'services' ||
    (node.services.ok &&
      serviceTroubles(node, node.services.value, snapshot).every(({ service }) => service === 'trustd'))
  );
}

export const workerAsControlPlane: Rule = {
  id: 'worker-as-control-plane',
  symptom: 'A node that is given as a control plane lists its services, and neither etcd nor trustd is among them.',
  match: (context) => {
    const found = openOnNodes(context, ...checks).filter(
      ({ finding, node }) => looksLikeWorker(node) && follows(finding, node, context),
    );
    const findings = found.map(({ finding }) => finding);
    return matchOf(findings, {
      title: 'given as a control plane, but it has neither etcd nor trustd, as a worker',
      explanation: 'The lists that are given are the cluster, so it is judged as what it is given as.',
      hint: hint(
        'Where the node is a worker, move it from control-plane-nodes to worker-nodes.',
        ...new Set(found.map(({ node }) => talosctl(node, 'get machinetype'))),
      ),
    });
  },
};
