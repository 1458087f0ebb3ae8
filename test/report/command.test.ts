import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inContext, mergeCommands } from '../../src/report/command.ts';

const cases: readonly (readonly [command: string, context: string | undefined, expected: string])[] = [
  ['talosctl -n 10.0.0.3 logs kubelet', 'prod', 'talosctl -n 10.0.0.3 logs kubelet --context prod'],
  ['talosctl get members', 'admin@prod', 'talosctl get members --context admin@prod'],
  ['talosctl get members', "it's; rm -rf", "talosctl get members --context 'it'\\''s; rm -rf'"],
  ['talosctl -n 10.0.0.3 version --insecure', 'prod', 'talosctl -n 10.0.0.3 version --insecure'],
  ['talosctl config new --roles os:reader', 'prod', 'talosctl config new --roles os:reader'],
  ['kubectl uncordon worker-1', 'prod', 'kubectl uncordon worker-1'],
  ['talosctl get members', undefined, 'talosctl get members'],
];

for (const [command, context, expected] of cases) {
  test(`${command} in the context ${context}`, () => {
    assert.equal(inContext(command, context), expected);
  });
}

const merges: readonly (readonly [name: string, commands: readonly string[], expected: readonly string[]])[] = [
  [
    'the same for several nodes is one command',
    [
      'talosctl -n 10.0.0.1 service kubelet --context prod',
      'talosctl -n 10.0.0.1 logs kubelet --context prod',
      'talosctl -n 10.0.0.2 service kubelet --context prod',
      'talosctl -n 10.0.0.2,fd00::3 logs kubelet --context prod',
    ],
    [
      'talosctl -n 10.0.0.1,10.0.0.2 service kubelet --context prod',
      'talosctl -n 10.0.0.1,10.0.0.2,fd00::3 logs kubelet --context prod',
    ],
  ],
  ['the same command twice', ['kubectl get nodes', 'kubectl get nodes'], ['kubectl get nodes']],
  [
    'kubectl takes nodes as arguments',
    ['kubectl uncordon worker-1', 'kubectl get nodes', 'kubectl uncordon worker-2'],
    ['kubectl uncordon worker-1 worker-2', 'kubectl get nodes'],
  ],
  ...[
    '-e 10.0.0.9 version',
    'get machinestatus --insecure',
    'etcd defrag',
    'etcd snapshot etcd.snapshot',
    'reset --graceful=false',
    'logs --kubernetes CONTAINER-ID',
  ].map((rest) => {
    const commands = [`talosctl -n 10.0.0.2 ${rest}`, `talosctl -n 10.0.0.3 ${rest}`];
    return [`one by one: ${rest}`, commands, commands] as const;
  }),
  [
    'quoted names',
    ["talosctl -n 'a b' version", "talosctl -n 'c d' version"],
    ["talosctl -n 'a b' version", "talosctl -n 'c d' version"],
  ],
];

for (const [name, commands, expected] of merges) {
  test(`merged commands: ${name}`, () => {
    assert.deepEqual(mergeCommands(commands), { commands: expected, note: '' });
  });
}

test('a command names up to ten nodes; of 300 the first five, and the note says so', () => {
  const commands = Array.from({ length: 300 }, (_, index) => `talosctl -n n${index + 1} logs kubelet`);
  assert.deepEqual(mergeCommands(commands.slice(0, 10)), {
    commands: ['talosctl -n n1,n2,n3,n4,n5,n6,n7,n8,n9,n10 logs kubelet'],
    note: '',
  });
  assert.deepEqual(mergeCommands(commands), {
    commands: ['talosctl -n n1,n2,n3,n4,n5 logs kubelet'],
    note: 'The commands name 5 of 300 nodes.',
  });
});

test('three commands that ask a node directly are kept', () => {
  const commands = ['a', 'b', 'c', 'd'].map((node) => `talosctl -n ${node} -e ${node} version --context prod`);
  assert.deepEqual(mergeCommands(commands), {
    commands: commands.slice(0, 3),
    note: 'The commands name 3 of 4 nodes.',
  });
});
