import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { ResourceContent } from '../cosi/content.ts';
import { State } from '../gen/cosi/resource/resource_pb.ts';
import { type Endpoint, implement } from '../node/endpoint.ts';
import { StatusError } from '../status.ts';
import type { World } from '../world.ts';
import { omniResources } from './resources.ts';

const { method } = State;

/** `cosi.resource.State` of Omni itself, to read. The caller's roles are those of Omni. */
export function omniState(world: World): readonly Endpoint[] {
  const resourcesOf = (type: string, namespace: string, roles: ReadonlySet<string>): readonly ResourceContent[] => {
    if (roles.has('None')) throw insufficientRole('None');
    const found = omniResources(world).filter(({ resource }) => resource.type === type);
    if (found.length === 0) throw new StatusError('PERMISSION_DENIED', 'no access is permitted');
    return found.filter(({ resource }) => resource.namespace === namespace);
  };
  const startedAt = world.clock.now();
  const message = ({ resource: { type, namespace, owner }, id, proto, yaml }: ResourceContent) => {
    const at = timestampFromMs(startedAt);
    const metadata = { namespace, type, id, version: '1', owner, phase: 'running', created: at, updated: at };
    return { resource: { metadata, spec: { protoSpec: proto, yamlSpec: yaml() } } };
  };
  return [
    implement(method.get, async function* (_, { namespace, type, id }, { roles }) {
      const found = resourcesOf(type, namespace, roles).find((resource) => resource.id === id);
      if (found === undefined) {
        throw new StatusError('NOT_FOUND', `resource ${type}(${namespace}/${id}@undefined) doesn't exist`);
      }
      yield message(found);
    }),
    implement(method.list, async function* (_, { namespace, type }, { roles }) {
      for (const resource of resourcesOf(type, namespace, roles)) yield message(resource);
    }),
  ];
}

export function insufficientRole(role: string): StatusError {
  return new StatusError(
    'PERMISSION_DENIED',
    `unauthorized: access denied: insufficient role: ${JSON.stringify(role)}`,
  );
}
