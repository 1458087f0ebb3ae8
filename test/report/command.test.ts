import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inContext } from '../../src/report/command.ts';

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
