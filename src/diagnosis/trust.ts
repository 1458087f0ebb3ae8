import { credentialsName } from '../checks/facts/credentials.ts';
import { isAccepted } from '../checks/facts/endpoints.ts';
import { hint } from '../checks/outcome.ts';
import { date } from '../checks/text.ts';
import type { Finding } from '../gate/finding.ts';
import { type Context, openOf } from './context.ts';
import { endpointsWith } from './credentials.ts';
import { matchOf } from './match.ts';
import type { Match, Rule } from './root-cause.ts';
import { nameEndpoints, verb } from './text.ts';

/** Causes of failed TLS: certificates of another CA, or clocks that disagree. */

/** A sentence about endpoints that fail for other reasons: no other cause reports them. */
function otherFailures({ snapshot }: Context, named: number): string {
  const others = snapshot.endpoints.filter(
    ({ failure }) => failure?.layer === 'endpoint' && failure.kind !== 'wrong-ca',
  );
  return others.length === 0 || others.length + named > snapshot.endpoints.length
    ? ''
    : ` Besides, ${nameEndpoints(others, snapshot)} ${verb(others, 'does', 'do')} not answer: ${others[0]?.failure?.message ?? ''}.`;
}

export const wrongCa: Rule = {
  id: 'wrong-ca',
  symptom: 'No endpoint is accepted, and their certificates are of another CA than that of the talosconfig.',
  match: (context) => {
    const findings = openOf(context, 'credentials');
    const untrusted = endpointsWith(context, 'wrong-ca');
    if (untrusted.length === 0) {
      return [];
    }
    const names = nameEndpoints(untrusted, context.snapshot);
    if (context.snapshot.credentials.account !== undefined) {
      return matchOf(findings, {
        blames: 'endpoints',
        title: `the certificate of ${names} is of a CA that this machine does not know`,
        explanation:
          'Nobody can tell whether it is the Omni that is meant. A self-hosted Omni may have a CA of its own.',
      });
    }
    const unconfigured = verb(untrusted, 'that node is', 'those nodes are');
    return matchOf(findings, {
      blames: 'talosconfig',
      title: `its CA is not that of ${names}: it is of another cluster, or ${unconfigured} in maintenance mode and not configured yet`,
      explanation: `The endpoint is a Talos node, but one of another authority, so nobody can tell whether it is meant.${otherFailures(context, untrusted.length)}`,
    });
  },
};

export const unknownClientCa: Rule = {
  id: 'unknown-client-ca',
  symptom:
    "An endpoint's certificate is of the talosconfig's CA, but the endpoint does not know who signed the client's.",
  match: (context) => {
    const findings = openOf(context, 'credentials');
    const refusing = endpointsWith(context, 'client-certificate-unknown');
    return refusing.length === 0
      ? []
      : matchOf(findings, {
          blames: 'talosconfig',
          title: `${nameEndpoints(refusing, context.snapshot)} ${verb(refusing, 'does', 'do')} not know the CA of its client certificate`,
          explanation: `The cluster is the right one, but another CA signed the client certificate: the CA was rotated, or certificate and CA come from two talosconfigs.${otherFailures(context, refusing.length)}`,
          hint: hint(
            'Make a new talosconfig with one that still works.',
            'talosctl config info',
            'talosctl config new --roles os:reader talosconfig-reader',
          ),
        });
  },
};

const clockHint = hint(
  'Compare the clocks of this machine and of the nodes. Where both are right, make a new talosconfig.',
  'date -u',
);

/** Messages about the validity period of a certificate, as opposed to its name. */
const outsideValidity = /expired|not yet valid/i;

function isClockBehind({ snapshot }: Context): boolean {
  const { notBefore } = snapshot.credentials;
  return notBefore !== undefined && snapshot.at < notBefore;
}

/** How the clocks disagree, in words; undefined if nothing shows that they do. */
function disagreement(context: Context): string | undefined {
  const { snapshot } = context;
  const { notBefore, notAfter } = snapshot.credentials;
  const outdated = endpointsWith(context, 'server-certificate').filter(({ failure }) =>
    outsideValidity.test(failure?.message ?? ''),
  );
  const refusing = endpointsWith(context, 'client-certificate-expired');
  if (notBefore !== undefined && isClockBehind(context)) {
    return `this machine's clock says ${date(snapshot.at)}, but ${credentialsName(snapshot.credentials)} is valid only from ${date(notBefore)}`;
  }
  if (outdated.length > 0) {
    const names = nameEndpoints(outdated, snapshot);
    return `this machine's clock says ${date(snapshot.at)}, by which the ${verb(outdated, 'certificate', 'certificates')} of ${names} ${verb(outdated, 'is', 'are')} not valid: ${outdated[0]?.failure?.message ?? ''}`;
  }
  if (refusing.length > 0 && (notAfter === undefined || snapshot.at < notAfter)) {
    const until = notAfter === undefined ? '' : ` (until ${date(notAfter)})`;
    return `${nameEndpoints(refusing, snapshot)} ${verb(refusing, 'says', 'say')} that the client certificate is expired or not yet valid; by this machine's clock it is valid${until}`;
  }
  return undefined;
}

export const wrongClock: Rule = {
  id: 'wrong-clock',
  symptom:
    "A certificate is out of date by one side's clock only: the client's by the endpoint's, or the endpoints' (which live 24 hours) by this machine's.",
  match: (context): readonly Match[] => {
    const title = disagreement(context);
    const unreached = isAccepted(context.snapshot) ? [] : openOf(context, 'api-reachable', 'topology');
    const findings: readonly Finding[] = [...openOf(context, 'credentials'), ...unreached];
    return title === undefined
      ? []
      : matchOf(findings, {
          blames: 'clocks',
          title,
          explanation:
            'One of the two clocks is wrong: a certificate looks expired to a clock that is ahead, and not yet valid to one that is behind.',
          hint: clockHint,
        });
  },
};
