import type { Hint } from '../checks/check.ts';
import { etcdFacts } from '../checks/facts/etcd.ts';
import { isBroken, serviceTroubles } from '../checks/facts/services.ts';
import { hint } from '../checks/outcome.ts';
import { talosctl } from '../checks/text.ts';
import type { Finding } from '../gate/finding.ts';
import type { NodeSnapshot, Snapshot } from '../observe/snapshot.ts';
import { type Context, openOnNodes } from './context.ts';
import { matchOf } from './match.ts';
import type { Rule } from './root-cause.ts';

/** States of the etcd service before it runs. `Preparing` waits for the bootstrap, `Waiting` for something on the node itself. */
const startingStates: ReadonlySet<string> = new Set(['Preparing', 'Waiting', 'Initialized', 'Starting']);

/** `Failed` if it is broken: the state of an etcd between two runs of a crash loop says nothing about a bootstrap. */
function etcdState({ services }: NodeSnapshot): string | undefined {
  const etcd = services.ok ? services.value.find(({ id }) => id === 'etcd') : undefined;
  return etcd !== undefined && isBroken(etcd, services.at) ? 'Failed' : etcd?.state;
}

/** The control planes whose etcd waits for the bootstrap; none unless etcd has not started on any control plane that answers. */
function waitingForBootstrap(snapshot: Snapshot): readonly NodeSnapshot[] {
  const responding = etcdFacts(snapshot).controlPlanes.filter(({ version }) => version.ok);
  const preparing = responding.filter((node) => etcdState(node) === 'Preparing');
  const noneStarted = responding.every(
    (node) =>
      startingStates.has(etcdState(node) ?? '') &&
      !node.etcdStatus.ok &&
      !(node.etcdMembers.ok && node.etcdMembers.value.length > 0),
  );
  const booting = preparing.some(({ machineStatus }) => machineStatus.ok && machineStatus.value.stage === 'booting');
  return noneStarted && booting ? preparing : [];
}

/** Whether the finding is a symptom of waiting for the bootstrap, and not a failure of its own. */
function follows(context: Context, finding: Finding, node: NodeSnapshot): boolean {
  const { machineStatus, services } = node;
  switch (finding.check) {
    case 'boot-finished':
      return machineStatus.ok && machineStatus.value.stage === 'booting';
    case 'services':
      return (
        services.ok &&
        services.value.every((service) => !isBroken(service, services.at)) &&
        serviceTroubles(node, services.value, context.snapshot).every(({ service }) => service === 'kubelet')
      );
    default:
      return true;
  }
}

/** A control plane that does not answer may have the data already; another bootstrap would then create a second cluster. */
function adviceFor(nodes: readonly NodeSnapshot[], silent: readonly NodeSnapshot[]): Hint {
  const service = talosctl(nodes.slice(0, 1), 'service etcd');
  return silent.length > 0
    ? hint(
        `See first to ${silent.map(({ node }) => node.name).join(', ')}: if the cluster was bootstrapped there, the others wait for it, and a second bootstrap would make a second cluster. If it never was, bootstrap it on exactly one control plane.`,
        service,
      )
    : hint(
        'Bootstrap it on exactly one control plane. If it was bootstrapped before, do not: then its data is lost, and it is recovered from a snapshot.',
        talosctl(nodes.slice(0, 1), 'bootstrap'),
        service,
      );
}

export const notBootstrapped: Rule = {
  id: 'not-bootstrapped',
  symptom:
    'On every control plane that answers etcd is "Preparing" and lists no members, and the machines are booting.',
  match: (context) => {
    const nodes = waitingForBootstrap(context.snapshot);
    const silent = etcdFacts(context.snapshot).controlPlanes.filter(({ version }) => !version.ok);
    const names = new Set(nodes.map(({ node }) => node.name));
    const all = openOnNodes(context, 'boot-finished', 'etcd-service', 'services', 'node-registered', 'node-ready')
      .filter(({ finding, node }) => follows(context, finding, node))
      .map(({ finding }) => finding);
    const findings = all.filter(
      ({ check, node }) => (check === 'boot-finished' || check === 'etcd-service') && names.has(node ?? ''),
    );
    return matchOf(findings, {
      title:
        silent.length === 0
          ? 'the cluster is not bootstrapped: etcd is Preparing on every control plane, and has no member'
          : 'the cluster is probably not bootstrapped: etcd is Preparing on every control plane that answers',
      explanation:
        'A new cluster waits until etcd is bootstrapped, once, on one of its control planes; the others join by themselves.',
      hint: adviceFor(nodes, silent),
      consequences: all.filter((finding) => !findings.includes(finding)),
    });
  },
};
