import type { EtcdAnswer } from '../model/etcd.ts';
import type { ClusterState } from '../model/state.ts';
import type { Caller } from '../node/endpoint.ts';
import { StatusError } from '../status.ts';
import type { World } from '../world.ts';

/** The value of an answer of etcd, when there is one: a call that hangs goes on as soon as etcd answers. */
export async function etcdValue<T>(
  world: World,
  caller: Caller,
  ask: (state: ClusterState) => EtcdAnswer<T>,
): Promise<T> {
  await world.until((state) => ask(state).kind !== 'hang', caller.signal);
  const answer = ask(world.state);
  if (answer.kind === 'error' && answer.after !== undefined) await world.sleep(answer.after, caller.signal);
  switch (answer.kind) {
    case 'value':
      return answer.value;
    case 'error':
      throw new StatusError(answer.code, answer.message);
    case 'hang':
      throw new StatusError('CANCELLED', 'context canceled');
  }
}
