import type { CredentialsInfo, Snapshot } from '../../observe/snapshot.ts';
import { type Failure, isRefusedByOmni } from '../../talos/failure.ts';
import { formatDuration } from '../../values/duration.ts';
import { shellWord } from '../../values/shell.ts';
import type { Hint, Outcome } from '../check.ts';
import { fail, hint, pending, roleHint } from '../outcome.ts';
import { date } from '../text.ts';

/** The subject of sentences about the credentials. */
export function credentialsName({ account }: CredentialsInfo): string {
  return account === undefined ? 'the client certificate' : `the key of the service account ${account.name}`;
}

const renewCertificate = hint(
  'Make a new talosconfig: with one that still works, or from the secrets that the cluster was made with.',
  'talosctl config new --roles os:reader talosconfig-reader',
  'talosctl gen config --with-secrets secrets.yaml --output-types talosconfig CLUSTER https://ENDPOINT:6443',
);

/** How to get credentials that are accepted. */
export function renewHint({ account }: CredentialsInfo): Hint {
  return account === undefined
    ? renewCertificate
    : hint(
        'Renew the key of the service account, or create another account, and put its key into the secret.',
        'omnictl serviceaccount list',
        `omnictl serviceaccount renew ${shellWord(account.name)}`,
        'omnictl serviceaccount create NAME --use-user-role=false --role Reader',
      );
}

/** For a role that does not suffice. */
export function rightsHint({ account }: CredentialsInfo): Hint {
  return account === undefined
    ? roleHint
    : hint(
        'Give the service account the role Reader, or access to this cluster by an access policy of Omni.',
        'omnictl serviceaccount list',
        'omnictl serviceaccount create NAME --use-user-role=false --role Reader',
      );
}

/** The skew that Omni allows, and how exactly it is measured, in milliseconds: both clocks tell whole seconds. */
const allowedSkew = 5 * 60 * 1000;
const accuracy = 2000;

/** Why Omni refuses the calls, so that nothing else can be known; undefined if it does not. */
export function omniRefusal({ endpoints }: Snapshot): Failure | undefined {
  return endpoints.find(({ failure }) => failure !== undefined && isRefusedByOmni(failure.kind))?.failure;
}

/** Now by the clock that judges the credentials: that of Omni, if it tells it with a refusal, else that of this machine. Epoch milliseconds. */
export function judgedAt(snapshot: Snapshot): number {
  return snapshot.at + (omniRefusal(snapshot)?.clockOffset ?? 0);
}

/** By how much the clock of Omni is ahead, in milliseconds, if that is why it refuses a signature. */
export function skewOf({ kind, clockOffset = 0 }: Failure): number | undefined {
  return kind === 'signature-refused' && Math.abs(clockOffset) > allowedSkew - accuracy ? clockOffset : undefined;
}

/** How the clocks differ, in words. */
export function skewText(offset: number): string {
  // It is measured in whole seconds, and what Omni refuses is more than it allows.
  const seconds = Math.max(allowedSkew + 1000, 1000 * Math.round(Math.abs(offset) / 1000));
  return `${formatDuration(seconds)} ${offset > 0 ? 'behind' : 'ahead of'} that of Omni, and it allows ${formatDuration(allowedSkew)}`;
}

export const skewHint = hint('Set the clock of this machine: Omni refuses signatures of another time.', 'date -u');

const accountHint = hint(
  'Use a context of Omni (auth.siderov1) with the key of a service account; or the address of a control plane node with this certificate.',
  'omnictl serviceaccount create NAME --use-user-role=false --role Reader',
);

const clusterHint = hint(
  'Check the name of the cluster: the input cluster, or cluster in the context. A cluster without a control plane yet has no endpoint either.',
  'omnictl get clusters',
);

/** The outcome of a refusal of Omni. A clock can be set and a cluster created meanwhile; a key and a role stay as they are. */
export function refusedByOmni(failure: Failure, { at, credentials, omni }: Snapshot): Outcome {
  const { kind, endpoint, message, clockOffset } = failure;
  if (credentials.account === undefined) {
    return fail(`${endpoint} takes no client certificate: it is Sidero Omni, and not a node: ${message}`, accountHint);
  }
  const { name, cluster } = credentials.account;
  const offset = skewOf(failure);
  if (offset !== undefined) {
    return pending(`the clock of this machine is ${skewText(offset)}: ${message}`, skewHint);
  }
  if (kind === 'unknown-cluster' && omni?.status.ok === false && omni.status.error.kind === 'not-found') {
    return fail(`${endpoint} has no cluster ${cluster}: ${message}`, clusterHint);
  }
  if (kind === 'unknown-cluster') {
    return pending(`${endpoint} knows no cluster ${cluster}, or it has no control plane yet: ${message}`, clusterHint);
  }
  if (kind === 'account-denied') {
    return fail(
      `${endpoint} does not let the service account ${name} read the cluster: ${message}`,
      rightsHint(credentials),
    );
  }
  const clock =
    clockOffset === undefined
      ? `; or the clock of this machine, ${date(at)}, is more than ${formatDuration(allowedSkew)} off`
      : '';
  return fail(
    `${endpoint} refuses the signature of the service account ${name}: its key is not, or no longer, one that Omni knows${clock} (${message})`,
    renewHint(credentials),
  );
}
