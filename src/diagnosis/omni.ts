import { omniRefusal, skewHint, skewOf, skewText } from '../checks/facts/credentials.ts';
import { isUpgrading } from '../checks/readiness/omni.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import type { FailureKind } from '../talos/failure.ts';
import { type Context, openOf } from './context.ts';
import { matchOf } from './match.ts';
import type { Rule } from './root-cause.ts';

/** Why Sidero Omni passes no call on. */

function refusedWith({ snapshot }: Context, ...kinds: readonly FailureKind[]) {
  const failure = omniRefusal(snapshot);
  return failure !== undefined && kinds.includes(failure.kind) ? failure : undefined;
}

export const omniClock: Rule = {
  id: 'omni-clock',
  symptom: 'Omni refuses a signature, and by the date of its answer the clocks differ by more than five minutes.',
  match: (context) => {
    const failure = refusedWith(context, 'signature-refused');
    const offset = failure === undefined ? undefined : skewOf(failure);
    return offset === undefined
      ? []
      : matchOf(openOf(context, 'credentials'), {
          blames: 'clocks',
          title: `the clock of this machine is ${skewText(offset)}`,
          explanation:
            'Each call is signed with its time. Omni takes a signature of another time for an old one that somebody repeats.',
          hint: skewHint,
        });
  },
};

export const omniAccount: Rule = {
  id: 'omni-account',
  symptom: 'Omni does not know the key of the service account, or the account may not read the cluster.',
  match: (context) => {
    const failure = refusedWith(context, 'signature-refused', 'account-denied');
    return openOf(context, 'credentials')
      .filter(({ status }) => status === 'fail' && failure !== undefined)
      .flatMap((finding) =>
        matchOf([finding], {
          blames: context.snapshot.credentials.account === undefined ? 'talosconfig' : 'service account',
          title: finding.message,
          explanation: 'Omni answers, and passes nothing on. Waiting does not change that.',
        }),
      );
  },
};

export const omniCluster: Rule = {
  id: 'omni-cluster',
  symptom: 'Omni knows no cluster of this name, or none of its control planes yet.',
  match: (context) => {
    const failure = refusedWith(context, 'unknown-cluster');
    return failure === undefined
      ? []
      : openOf(context, 'credentials').flatMap((finding) =>
          matchOf([finding], {
            blames: 'cluster',
            title: finding.message,
            explanation: 'Omni answers, and has no node of such a cluster to ask.',
          }),
        );
  },
};

/** A machine that an upgrade may have stopped or rebooted. */
function mayReboot({ version, machineStatus }: NodeSnapshot): boolean {
  return !version.ok || (machineStatus.ok && machineStatus.value.stage !== 'running');
}

export const omniUpgrade: Rule = {
  id: 'omni-upgrade',
  symptom: 'Omni says that it upgrades Talos: nodes that do not answer or do not run follow from it.',
  match: (context) => {
    const { snapshot } = context;
    const findings = isUpgrading(snapshot) ? openOf(context, 'omni') : [];
    const rebooting = new Set(snapshot.nodes.filter(mayReboot).map(({ node }) => node.name));
    return findings.flatMap((finding) =>
      matchOf([finding], {
        blames: 'cluster',
        title: finding.message,
        explanation: 'Omni takes the machines one after another, and each reboots.',
        consequences: context.open.filter(({ node }) => node !== undefined && rebooting.has(node)),
      }),
    );
  },
};
