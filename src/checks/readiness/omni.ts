import type { OmniFacets, Snapshot } from '../../observe/snapshot.ts';
import { type Failure, isNotExposed } from '../../talos/failure.ts';
import type { OmniCluster, OmniUpgrade } from '../../talos/resources/omni.ts';
import { shellWord } from '../../values/shell.ts';
import type { Hint, Outcome } from '../check.ts';
import { clusterCheck } from '../define.ts';
import { here, hint, notKnown, onNodes, pass, pending, skip } from '../outcome.ts';

/** The account may read the nodes and not this, or this Omni does not have it. */
const isNotTold = (failure: Failure): boolean => failure.kind === 'account-denied' || isNotExposed(failure);

const adviceFor = (cluster: string): Hint =>
  hint(
    'Omni changes the cluster: wait until it is done, or see in Omni what it waits for.',
    `omnictl cluster status ${shellWord(cluster)}`,
  );

/** Between two machines, Omni waits for its health checks. The gate may be one of them: waiting for the upgrade would never end. */
function waitsForHealthChecks({ step }: OmniUpgrade): boolean {
  return step.startsWith('waiting for healthchecks to pass');
}

/** A phase during which machines reboot. */
export function isUpgrading({ omni }: Pick<Snapshot, 'omni'>): boolean {
  if (!omni?.upgrade.ok) {
    return false;
  }
  const { value } = omni.upgrade;
  return value.phase !== 'none' && value.phase !== 'failed' && !waitsForHealthChecks(value);
}

const steps: Readonly<Record<Exclude<OmniUpgrade['phase'], 'none'>, string>> = {
  upgrading: 'Omni upgrades Talos',
  failed: 'the upgrade of Talos by Omni has failed',
  reverting: 'Omni reverts an upgrade of Talos',
  'updating schematics': 'Omni changes the extensions or the kernel arguments of machines',
};

/** What Omni does to Talos; undefined if nothing. */
function upgradeText(upgrade: OmniUpgrade): string | undefined {
  const { phase, error, step, status } = upgrade;
  return phase === 'none' || waitsForHealthChecks(upgrade)
    ? undefined
    : [steps[phase], error, step, status].filter((text) => text !== '').join(': ');
}

function machinesText({ machines: { total, connected, requested } }: OmniCluster): string {
  const asked = requested === total ? '' : `, ${requested} requested`;
  return `${connected} of ${total} machines connected${asked}`;
}

const phases: Partial<Record<OmniCluster['phase'], string>> = {
  'scaling up': 'Omni scales the cluster up',
  'scaling down': 'Omni scales the cluster down',
  destroying: 'Omni destroys the cluster',
};

function ofCluster(status: OmniCluster, advice: Hint, snapshot: Snapshot): Outcome {
  const { total, connected, requested } = status.machines;
  const doing = phases[status.phase];
  if (doing !== undefined || requested > total) {
    return pending(`${doing ?? 'Omni waits for machines'}: ${machinesText(status)}`, advice);
  }
  // A machine that is down is a finding of its own; one that never joined the cluster is only known here.
  const silent = snapshot.nodes.filter(({ version }) => !version.ok);
  return connected < total
    ? pending(`Omni: ${machinesText(status)}`, advice, onNodes(silent, 'api-reachable'))
    : pass(`Omni: ${status.phase === 'unknown' ? '' : `${status.phase}, `}${machinesText(status)}`);
}

/** What could not be read: nothing is held against the cluster if Omni does not expose it. */
function unread({ status, upgrade }: OmniFacets, advice: Hint, snapshot: Snapshot): Outcome {
  const failures = [status, upgrade].flatMap((facet) => (facet.ok ? [] : [facet.error]));
  const unknown = failures.find((failure) => !isNotTold(failure));
  return unknown === undefined
    ? skip(`Omni does not say: ${failures[0]?.message ?? ''}`)
    : notKnown(`what Omni does with the cluster could not be read: ${unknown.message}`, advice, [
        ...here('topology'),
        ...onNodes(snapshot.nodes, 'api-reachable'),
      ]);
}

export const omni = clusterCheck({
  id: 'omni',
  stage: 'readiness',
  title: 'Sidero Omni has all machines of the cluster, and changes nothing',
  explanation: 'Sidero Omni upgrades, scales or destroys the cluster, or waits for machines that it should have.',
  requires: ['credentials'],
  reads: [],
  alsoReads: ['omni'],
  enabled: ({ omniCluster }) => omniCluster !== undefined,
  docs: {
    pending:
      'Omni upgrades Talos (or has failed to; an upgrade that waits for its own health checks does not count), changes the number of machines, destroys the cluster, or misses a machine that never joined',
    skip: 'the service account may not read the status of the cluster in Omni, or this Omni has none',
    explainedBy: ['topology', 'api-reachable'],
    talosctl: 'not asked there: it cannot pass through Omni',
    reports: ['siderolabs/omni#3360', 'siderolabs/omni#1552'],
    advice: 'Wait until Omni is done, or see in Omni what it waits for',
    commands: ['omnictl cluster status prod', 'omnictl get machinestatus'],
  },
  evaluate(_, { snapshot, options: { omniCluster = '' } }) {
    const advice = adviceFor(omniCluster);
    if (snapshot.omni === undefined) {
      return skip('Omni was not asked');
    }
    const { status, upgrade } = snapshot.omni;
    const upgrading = upgrade.ok ? upgradeText(upgrade.value) : undefined;
    if (upgrading !== undefined) {
      return pending(upgrading, advice);
    }
    return status.ok ? ofCluster(status.value, advice, snapshot) : unread(snapshot.omni, advice, snapshot);
  },
});
