import type { CredentialsInfo, EndpointSnapshot } from '../../observe/snapshot.ts';
import type { FailureKind } from '../../talos/failure.ts';
import { shellWord } from '../../values/shell.ts';
import type { Hint } from '../check.ts';
import { clusterCheck } from '../define.ts';
import { leastLeft } from '../facts/certificates.ts';
import { credentialsName, judgedAt, omniRefusal, refusedByOmni, renewHint, rightsHint } from '../facts/credentials.ts';
import { failureList, isAccepted, isReached } from '../facts/endpoints.ts';
import { fail, hint, pass, pending, skip, warn } from '../outcome.ts';
import { date, hostOf } from '../text.ts';

const clockHint = hint(
  'Compare the clocks of this machine and of the node: a certificate looks expired to a clock that is ahead, and not yet valid to one that is behind. Where both are right, make a new talosconfig.',
  'date -u',
);
const clusterHint = (host: string): Hint =>
  hint(
    'Either the talosconfig is of another cluster (or of this one before it was rebuilt), or the node is still in maintenance mode and has no configuration yet.',
    'talosctl config info',
    `talosctl -n ${shellWord(host)} get machinestatus --insecure`,
  );

/** Refusals that waiting can resolve: the clock is set, or the node gets its configuration. */
const refusals: Partial<Record<FailureKind, { readonly words: string; readonly advice: (host: string) => Hint }>> = {
  'client-certificate-expired': {
    words: 'says that the client certificate is expired or not yet valid',
    advice: () => clockHint,
  },
  'client-certificate-unknown': { words: 'does not know the CA of the client certificate', advice: clusterHint },
  'wrong-ca': { words: 'has a certificate that the CA of the talosconfig did not sign', advice: clusterHint },
};

function failedWith(endpoints: readonly EndpointSnapshot[], kind: FailureKind): EndpointSnapshot | undefined {
  return endpoints.find(({ failure }) => failure?.kind === kind);
}

const authorityHint = hint(
  'Where Omni is self-hosted and has a CA of its own, give it with the input ca.',
  'curl -v https://OMNI',
);

function refusalOf(
  { endpoint, failure }: EndpointSnapshot,
  { account }: CredentialsInfo,
): { readonly text: string; readonly advice: Hint }[] {
  if (account !== undefined && failure?.kind === 'wrong-ca') {
    return [{ text: `${endpoint} has a certificate of an unknown CA: ${failure.message}`, advice: authorityHint }];
  }
  const refusal = failure === undefined ? undefined : refusals[failure.kind];
  return refusal === undefined
    ? []
    : [{ text: `${endpoint} ${refusal.words}`, advice: refusal.advice(hostOf(endpoint)) }];
}

export const credentials = clusterCheck({
  id: 'credentials',
  stage: 'connectivity',
  title: 'the credentials are accepted',
  explanation:
    'What the talosconfig holds does not suffice: the cluster refuses its client certificate, or the role in it does not allow what has to be asked; or Omni refuses the service account.',
  requires: [],
  reads: [],
  alsoReads: ['credentials', 'endpoints'],
  docs: {
    pending:
      'no endpoint accepts the certificate for a reason that may pass: another CA on either side (another cluster, or a node that is not configured yet), or clocks that disagree; or Omni does not know the cluster (yet)',
    fail: 'the certificate or the key of the service account has expired, has no role that may read, or is missing; or Omni does not know the key',
    warn: 'it expires within `min-certificate-days` (14, or a tenth of the lifetime if that is shorter than twice as long; with `profile: strict` that fails), it has expired and is still accepted, or one endpoint of several refuses it',
    skip: 'no endpoint can be reached at all: [`api-reachable`](#api-reachable) has the cause',
    talosctl: 'not a check there: each of its checks ends in the raw error, or repeats it until the timeout',
    reports: ['siderolabs/sidero#1427', 'siderolabs/talos#12870'],
    advice:
      'Use a talosconfig of this cluster, with a certificate that is valid and has the role `os:reader` (an admin can make one; with Omni, a service account with the role Reader), and compare the clocks',
    commands: ['talosctl config info', 'talosctl config new --roles os:reader talosconfig-reader', 'date -u'],
  },
  evaluate(_, { snapshot, options: { certificate } }) {
    const { at, endpoints } = snapshot;
    const { roles, notBefore, notAfter, account, unused } = snapshot.credentials;
    const accepted = isAccepted(snapshot);
    const subject = credentialsName(snapshot.credentials);
    const renew = renewHint(snapshot.credentials);
    const withoutRole = failedWith(endpoints, 'not-authorized');
    if (withoutRole !== undefined) {
      const held = roles.length === 0 ? 'no role' : `the ${roles.length === 1 ? 'role' : 'roles'} ${roles.join(', ')}`;
      return fail(
        account === undefined
          ? `${withoutRole.endpoint} refuses the role: the client certificate has ${held}, reading needs os:reader`
          : `the nodes behind ${withoutRole.endpoint} refuse what the service account ${account.name} asks: ${withoutRole.failure?.message ?? ''}`,
        rightsHint(snapshot.credentials),
      );
    }
    if (notAfter !== undefined && notAfter <= judgedAt(snapshot)) {
      const words = `${subject} expired at ${date(notAfter)}`;
      return accepted ? warn(`${words}, but is still accepted`, clockHint) : fail(words, renew);
    }
    const refusal = accepted ? undefined : omniRefusal(snapshot);
    if (refusal !== undefined) {
      return refusedByOmni(refusal, snapshot);
    }
    const withoutCertificate = failedWith(endpoints, 'client-certificate-missing');
    if (!accepted && withoutCertificate !== undefined) {
      return fail(
        account === undefined
          ? `${withoutCertificate.endpoint} asks for a client certificate, and the talosconfig has none`
          : `${withoutCertificate.endpoint} asks for a client certificate: it is a node, and not Omni`,
        renew,
      );
    }
    if (notBefore !== undefined && at < notBefore) {
      const words = `${subject} is not valid before ${date(notBefore)}, and it is ${date(at)}`;
      return accepted ? warn(words, clockHint) : pending(words, clockHint);
    }
    const refused = endpoints.flatMap((endpoint) => refusalOf(endpoint, snapshot.credentials));
    const [first] = refused;
    if (first !== undefined) {
      const words = refused.map(({ text }) => text).join('; ');
      const others = failureList(
        endpoints.filter(({ failure }) => failure === undefined || refusals[failure.kind] === undefined),
      );
      return accepted
        ? warn(words, first.advice)
        : pending(others === '' ? words : `${words}; ${others}`, first.advice);
    }
    if (!accepted) {
      // `api-reachable` (or `topology`, if no node is known) is pending with the cause.
      return skip(isReached(snapshot) ? 'not known: no node answers' : 'not tried: no endpoint could be reached');
    }
    if (notAfter !== undefined && notAfter - at < leastLeft(snapshot.credentials, certificate.minDays)) {
      const words = `${subject} expires at ${date(notAfter)}`;
      return certificate.expiry === 'warn' ? warn(words, renew) : fail(`${words}, too soon`, renew);
    }
    const by = account === undefined ? '' : `: the service account ${account.name} of Sidero Omni`;
    const beside =
      unused === undefined ? '' : `; the ${unused} is not used, since the context has a client certificate`;
    return pass(`accepted${roles.length === 0 ? by : `, with the role ${roles.join(', ')}`}${beside}`);
  },
});
