import { findKind, type Kind, kinds } from './objects/kinds.ts';

/** What a path asks for. */
export interface ResourcePath {
  readonly kind: Kind;
  /** Absent: of all namespaces, or of none. */
  readonly namespace?: string;
  /** Absent: all of the kind. */
  readonly name?: string;
}

/** The resource behind a path, if there is such a kind. */
export function resourcePath(path: string): ResourcePath | undefined {
  const [, group = '', rest = ''] = /^\/(?:api|apis\/([\w.-]+))\/v1\/(.+)$/.exec(path) ?? [];
  const [, namespace, plural = '', name] = /^(?:namespaces\/([\w.-]+)\/)?([a-z]+)(?:\/([\w.-]+))?$/.exec(rest) ?? [];
  const kind = findKind(group, plural);
  if (kind === undefined || (namespace !== undefined) > kind.namespaced) return undefined;
  if (kind.namespaced && name !== undefined && namespace === undefined) return undefined;
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** What there is: the answers that lead a client to the resources. */
export const discovery: Readonly<Record<string, unknown>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [groupOf('apps'), groupOf('policy')] },
  '/apis/apps': { kind: 'APIGroup', apiVersion: 'v1', ...groupOf('apps') },
  '/apis/policy': { kind: 'APIGroup', apiVersion: 'v1', ...groupOf('policy') },
  '/api/v1': resourcesOf(''),
  '/apis/apps/v1': resourcesOf('apps'),
  '/apis/policy/v1': resourcesOf('policy'),
};

function groupOf(name: string) {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}

function resourcesOf(group: Kind['group']) {
  const members = Object.values(kinds).filter((kind) => kind.group === group);
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? 'v1' : `${group}/v1`,
    resources: members.map(({ plural, kind, short, namespaced }) => ({
      name: plural,
      singularName: kind.toLowerCase(),
      namespaced,
      kind,
      shortNames: [short],
      verbs: ['get', 'list', 'watch'],
    })),
  };
}
