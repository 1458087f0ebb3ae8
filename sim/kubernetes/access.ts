import { X509Certificate } from 'node:crypto';
import type { ClusterState } from '../model/state.ts';
import type { KubernetesUsers } from '../pki/kubernetes-users.ts';
import { failed, type HttpAnswer } from './answers.ts';
import type { ResourcePath } from './routes.ts';

/** An authenticated user. Rights are granted to groups. */
interface Client {
  readonly name: string;
  readonly groups: readonly string[];
}

/** The credentials of a request. */
export interface Credentials {
  readonly certificate: X509Certificate | undefined;
  /** The header. */
  readonly authorization: string | undefined;
}

const anonymous: Client = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** The user of a request; undefined if the credentials are invalid, which is refused even for public paths. `now` is in epoch milliseconds. */
export function authenticate(
  { access }: ClusterState['kubernetes'],
  users: KubernetesUsers,
  { certificate, authorization }: Credentials,
  now: number,
): Client | undefined {
  if (certificate === undefined && authorization === undefined) return anonymous;
  if (access === 'unauthorized') return undefined;
  const byToken = users.byToken(authorization?.replace(/^Bearer /, ''));
  if (byToken !== undefined) return { ...byToken, groups: [...byToken.groups, 'system:authenticated'] };
  return certificate === undefined ? undefined : byCertificate(certificate, users.certificate, now);
}

/** The common name is the user, the organizations are the groups. */
function byCertificate(certificate: X509Certificate, ca: string, now: number): Client | undefined {
  const issuer = new X509Certificate(ca);
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return undefined;
  if (now < Date.parse(certificate.validFrom) || Date.parse(certificate.validTo) < now) return undefined;
  const attributes = (key: string) =>
    certificate.subject
      .split('\n')
      .filter((line) => line.startsWith(`${key}=`))
      .map((line) => line.slice(key.length + 1));
  return { name: attributes('CN')[0] ?? '', groups: [...attributes('O'), 'system:authenticated'] };
}

/** Every authenticated user may use discovery. */
export function mayDiscover({ groups }: Client): boolean {
  return groups.includes('system:authenticated');
}

/** Administrators and viewers. */
export function mayRead({ access }: ClusterState['kubernetes'], { groups }: Client): boolean {
  return access === 'granted' && (groups.includes('system:masters') || groups.includes('viewers'));
}

export const unauthorized: HttpAnswer = failed(401, 'Unauthorized');

export function forbiddenPath({ name }: Client, path: string): HttpAnswer {
  return failed(403, `forbidden: User ${JSON.stringify(name)} cannot get path ${JSON.stringify(path)}`);
}

export function forbidden(client: Client, verb: string, { kind, namespace, name }: ResourcePath): HttpAnswer {
  const what = name === undefined ? kind.plural : `${kind.plural} ${JSON.stringify(name)}`;
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const resource = `resource "${kind.plural}" in API group "${kind.group}"`;
  const message = `${what} is forbidden: User ${JSON.stringify(client.name)} cannot ${verb} ${resource} ${scope}`;
  return failed(403, message, {
    ...(name === undefined ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.plural,
  });
}
