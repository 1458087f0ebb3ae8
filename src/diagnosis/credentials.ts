import { judgedAt } from '../checks/facts/credentials.ts';
import { hasOnlyWorkers } from '../checks/facts/endpoints.ts';
import { adminHint, hint, roleHint } from '../checks/outcome.ts';
import { date } from '../checks/text.ts';
import type { Finding } from '../gate/finding.ts';
import { mayRead } from '../observe/refusals.ts';
import type { EndpointSnapshot } from '../observe/snapshot.ts';
import type { FailureKind } from '../talos/failure.ts';
import { type Context, openOf } from './context.ts';
import { matchOf } from './match.ts';
import type { Rule } from './root-cause.ts';
import { nameEndpoints, verb } from './text.ts';

/** Faults of the caller's own configuration: certificate, role, endpoints. They hide all faults of the cluster. */

export function endpointsWith({ snapshot }: Context, kind: FailureKind): readonly EndpointSnapshot[] {
  return snapshot.endpoints.filter(({ failure }) => failure?.kind === kind);
}

function credentialsFinding(context: Context): readonly Finding[] {
  return openOf(context, 'credentials');
}

/** Findings of a missing role are recognised by their hint. Others that fail, such as those of a kubeconfig, have causes of their own. */
function isMissingRole({ status, hint: advice }: Finding): boolean {
  return status === 'fail' && advice?.text === roleHint.text;
}

export const missingRole: Rule = {
  id: 'missing-role',
  symptom: 'A call is refused with "not authorized": the client certificate has no role that may read.',
  match: (context) => {
    const findings = context.open.filter(isMissingRole);
    const { credentials } = context.snapshot;
    const roles = credentials.roles.join(', ');
    const granted = roles === '' ? 'no role' : `only ${roles}`;
    return matchOf(findings, {
      blames: 'talosconfig',
      title: mayRead(credentials)
        ? `its client certificate has ${roles}, which may read, and every node that answers refuses it`
        : `its client certificate has ${granted}, which may not read: the role os:reader is needed`,
      explanation: 'Talos knows the certificate and refuses the call. Waiting does not change that.',
      hint: roleHint,
    });
  },
};

export const serverRole: Rule = {
  id: 'server-role',
  symptom: 'Mode server: what the server asks on the caller\'s behalf is refused with "not authorized".',
  match: (context) =>
    openOf(context, 'credentials')
      .filter(({ status, hint: advice }) => status === 'fail' && advice?.text === adminHint.text)
      .flatMap((finding) =>
        matchOf([finding], {
          blames: 'talosconfig',
          title: finding.message,
          explanation: 'The certificate is accepted, and its role does not suffice. Waiting does not change that.',
          hint: adminHint,
        }),
      ),
};

function isExpired({ snapshot }: Context): boolean {
  const { notAfter } = snapshot.credentials;
  return notAfter !== undefined && notAfter <= judgedAt(snapshot);
}

export const staleCertificate: Rule = {
  id: 'stale-certificate',
  symptom:
    "The client certificate or the key of the service account has expired by this machine's clock, and no endpoint's certificate looks so too.",
  match: (context) => {
    const findings = credentialsFinding(context);
    const { notAfter, account } = context.snapshot.credentials;
    const isAccount = account !== undefined;
    return notAfter === undefined || !isExpired(context) || endpointsWith(context, 'server-certificate').length > 0
      ? []
      : matchOf(findings, {
          blames: isAccount ? 'service account' : 'talosconfig',
          title: `its ${isAccount ? 'key' : 'client certificate'} expired at ${date(notAfter)}`,
          explanation: isAccount
            ? 'Omni accepts no expired key, so nothing can be asked of any node.'
            : 'Talos accepts no expired certificate, so nothing can be asked of any node.',
        });
  },
};

export const noCertificate: Rule = {
  id: 'no-certificate',
  symptom: 'An endpoint asks for a client certificate, and the talosconfig has none.',
  match: (context) => {
    const findings = credentialsFinding(context).filter(({ status }) => status === 'fail');
    return endpointsWith(context, 'client-certificate-missing').length === 0
      ? []
      : matchOf(findings, {
          blames: 'talosconfig',
          title: 'it has no client certificate',
          explanation: 'The Talos API requires one.',
        });
  },
};

export const workerEndpoint: Rule = {
  id: 'worker-endpoint',
  symptom: 'Every endpoint that can be used is a worker, which does not forward calls.',
  match: (context) => {
    const { snapshot } = context;
    const findings = openOf(context, 'topology');
    if (!hasOnlyWorkers(snapshot)) {
      return [];
    }
    const workers = snapshot.endpoints.filter(({ state }) => state === 'worker');
    const others = snapshot.endpoints.filter(({ state }) => state === 'failed');
    const besides =
      others.length === 0
        ? ''
        : `, and ${nameEndpoints(others, snapshot)} ${verb(others, 'does', 'do')} not answer: ${others[0]?.failure?.message ?? ''}`;
    return matchOf(findings, {
      blames: 'endpoints',
      title:
        `${nameEndpoints(workers, snapshot)} ${verb(workers, 'is a worker', 'are workers')}, not a control plane${besides}`.replace(
          'are workers, not a control plane',
          'are workers, not control planes',
        ),
      explanation: 'A worker answers for itself and does not forward calls, so no other node can be asked.',
      hint: hint(
        'Use control plane nodes as endpoints, or a load balancer in front of them: the command writes them into the talosconfig.',
        'talosctl config endpoint CONTROL-PLANE-ADDRESS',
      ),
    });
  },
};
