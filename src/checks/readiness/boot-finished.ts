import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { MachineStage } from '../../talos/model/machine.ts';
import type { Cause, Hint } from '../check.ts';
import { nodeCheck } from '../define.ts';
import { isBroken, servicesBlockingBoot } from '../facts/services.ts';
import { here, hint, pass, pending } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

function stageText(stage: MachineStage): string {
  switch (stage) {
    case 'unknown':
      return 'in no known stage';
    case 'maintenance':
      return 'in maintenance mode';
    default:
      return stage;
  }
}

/** What a booting machine waits for. The events of its services say more than the unmet condition `services`. */
function waitsFor(node: NodeSnapshot): string {
  const blockers = servicesBlockingBoot(node).map((blocker) => blocker.words);
  const unmet = node.machineStatus.ok ? node.machineStatus.value.unmetConditions : [];
  const others = blockers.length === 0 ? unmet : unmet.filter(({ name }) => name !== 'services');
  return [...blockers, ...others.map(({ name, reason }) => `${name}: ${reason}`)].join('; ');
}

/** A service that has failed is the cause of the unfinished boot, and not a consequence. */
function causesOf({ services }: NodeSnapshot): readonly Cause[] {
  const ids = services.ok ? services.value.filter((service) => isBroken(service, services.at)).map(({ id }) => id) : [];
  return [
    ...(ids.some((id) => id !== 'etcd') ? here('services') : []),
    ...(ids.includes('etcd') ? here('etcd-service') : []),
  ];
}

function advice(node: NodeSnapshot, stage: MachineStage): Hint {
  switch (stage) {
    case 'booting':
      // Does not suggest `talosctl bootstrap`: on a node that only joins, it would create a second cluster.
      return hint('The node is still starting: see which service it waits for.', talosctl(node, 'services'));
    case 'maintenance':
      return hint(
        'The node has no configuration yet: apply one, which installs Talos on its disk.',
        talosctl(node, `apply-config --insecure --file ${node.node.role}.yaml`),
      );
    case 'resetting':
      return hint(
        'The node is being wiped: take it out of the cluster, or configure it again.',
        talosctl(node, 'dmesg'),
      );
    case 'shutting down':
      return hint('Start the machine again, or take the node out of the cluster.');
    default:
      return hint(
        'Wait for it to end; the log and the console of the machine say how far it is.',
        talosctl(node, 'dmesg'),
      );
  }
}

export const bootFinished = nodeCheck({
  id: 'boot-finished',
  stage: 'readiness',
  scope: 'node',
  title: 'the machine has finished booting',
  explanation:
    'Talos is not in its running stage: it boots, installs, upgrades, shuts down, or waits for a configuration.',
  requires: ['api-reachable'],
  reads: ['machineStatus'],
  alsoReads: ['services'],
  docs: {
    pending:
      'the stage is any other than running; while it boots, the services that it waits for are named, with their last event, and the unmet conditions',
    explainedBy: ['services', 'etcd-service'],
    talosctl: '"all nodes to finish boot sequence"',
    reports: ['siderolabs/talos#14373', 'siderolabs/talos#5441'],
    advice: 'See which service the boot waits for; a new cluster waits for its bootstrap',
    commands: ['talosctl -n 10.0.0.2 services', 'talosctl -n 10.0.0.2 dmesg'],
  },
  evaluate({ machineStatus }, { node }) {
    const { stage } = machineStatus;
    return stage === 'running'
      ? pass('running')
      : pending(withReason(`the machine is ${stageText(stage)}`, waitsFor(node)), advice(node, stage), causesOf(node));
  },
});
