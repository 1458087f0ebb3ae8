import { memberList } from '../model/etcd.ts';
import { type EtcdMemberState, findNode } from '../model/state.ts';
import { StatusError } from '../status.ts';
import { serviceOutcome } from './services.ts';
import {
  addressesOf,
  ask,
  type HealthCheck,
  type HealthView,
  isNode,
  notAuthorized,
  type Outcome,
  readsConfigFirst,
} from './view.ts';

export const etcdChecks: readonly HealthCheck[] = [
  { title: 'etcd to be healthy', assess: (view) => needsConfig(view) ?? serviceOutcome(view, 'etcd') },
  { title: 'etcd members to be consistent across nodes', assess: (view) => needsConfig(view) ?? consistent(view) },
  { title: 'etcd members to be control plane nodes', assess: (view) => needsConfig(view) ?? onControlPlanes(view) },
];

function needsConfig(view: HealthView): Outcome | undefined {
  return readsConfigFirst(view.state) && !view.roles.has('os:admin') ? notAuthorized : undefined;
}

type Listed = { readonly members: readonly EtcdMemberState[] } | { readonly error: string; readonly slow: boolean };

function listMembers(view: HealthView, address: string): Listed {
  const node = ask(view, address);
  if (!isNode(node)) return node;
  const answer = memberList(view.state, node);
  switch (answer.kind) {
    case 'value':
      return { members: answer.value };
    case 'error':
      return { error: new StatusError(answer.code, answer.message).text, slow: false };
    case 'hang':
      return { error: new StatusError('DEADLINE_EXCEEDED', 'context deadline exceeded').text, slow: true };
  }
}

function consistent(view: HealthView): Outcome {
  const lists = [...addressesOf(view).controlPlanes]
    .sort()
    .map((address) => ({ address, listed: listMembers(view, address) }));
  let known: readonly EtcdMemberState[] | undefined;
  for (const { address, listed } of lists) {
    if ('error' in listed) {
      return {
        error: `error getting etcd member list from node ${JSON.stringify(address)}: ${listed.error}`,
        slow: listed.slow,
      };
    }
    known ??= listed.members;
    const difference = differs(known, listed.members);
    if (difference !== undefined) return { error: `${address}: ${difference}` };
  }
  return 'OK';
}

function differs(known: readonly EtcdMemberState[], actual: readonly EtcdMemberState[]): string | undefined {
  const names = (members: readonly EtcdMemberState[]) => `[${members.map(({ hostname }) => hostname).join(' ')}]`;
  if (known.length !== actual.length) return `expected to have ${names(known)} members, got ${names(actual)}`;
  const odd = actual.find(({ id }) => !known.some((member) => member.id === id));
  return odd === undefined ? undefined : `found unexpected etcd member ${odd.hostname}`;
}

function onControlPlanes(view: HealthView): Outcome {
  const listed = listMembers(view, findNode(view.state, view.self).address);
  if ('error' in listed) return listed;
  const { controlPlanes } = addressesOf(view);
  const members = listed.members.map(({ address }) => address);
  if (members.every((address) => controlPlanes.includes(address))) return 'OK';
  const quoted = (addresses: readonly string[]) => `[${addresses.map((address) => JSON.stringify(address)).join(' ')}]`;
  return {
    error: `etcd member ips ${quoted(members)} are not subset of control plane node ips ${quoted(controlPlanes)}`,
  };
}
