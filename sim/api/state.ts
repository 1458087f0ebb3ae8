import { State } from '../gen/cosi/resource/resource_pb.ts';
import { type Endpoint, implement } from '../node/endpoint.ts';
import type { Records } from '../records.ts';
import { StatusError } from '../status.ts';
import type { World } from '../world.ts';
import { listKind, requireAccess } from './access.ts';
import { resourceMessage } from './resource-message.ts';
import { watchResources } from './watch.ts';

const { method } = State;

/** `cosi.resource.State`, to read. */
export function stateService(world: World, records: Records): readonly Endpoint[] {
  return [
    implement(method.get, async function* (name, { namespace, type, id }, { roles }) {
      const node = world.node(name);
      requireAccess(world.state, node, { namespace, type }, roles);
      const found = listKind(world.state, records, node, { namespace, type }).find((resource) => resource.id === id);
      if (found === undefined) {
        throw new StatusError('NOT_FOUND', `resource ${type}(${namespace}/${id}@undefined) doesn't exist`);
      }
      yield { resource: resourceMessage(node, found) };
    }),
    implement(method.list, async function* (name, { namespace, type, options }, { roles }) {
      const node = world.node(name);
      requireAccess(world.state, node, { namespace, type }, roles);
      const wanted = new RegExp(options?.idQuery?.regexp ?? '');
      for (const resource of listKind(world.state, records, node, { namespace, type })) {
        if (wanted.test(resource.id)) yield { resource: resourceMessage(node, resource) };
      }
    }),
    implement(method.watch, async function* (name, request, caller) {
      requireAccess(world.state, world.node(name), request, caller.roles);
      yield* watchResources(world, records, name, request, caller.signal);
    }),
  ];
}
