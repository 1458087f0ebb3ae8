import assert from 'node:assert/strict';
import { test } from 'node:test';

/** The runtime imports of src/talos/grpc/transport.ts. If one is missing, its other tests do not load. */
for (const [module, name, kind] of [
  ['@grpc/grpc-js', 'status', 'object'],
  ['@grpc/grpc-js', 'Metadata', 'function'],
  ['@grpc/grpc-js', 'CallCredentials', 'function'],
  ['@grpc/grpc-js/build/src/transport.js', 'Http2SubchannelConnector', 'function'],
] as const) {
  test(`${module} exports ${name}`, async () => {
    const exported: Readonly<Record<string, unknown>> = await import(module);
    assert.equal(typeof exported[name], kind);
  });
}

test('@grpc/grpc-js: CallCredentials.createEmpty makes credentials', async () => {
  const { CallCredentials } = await import('@grpc/grpc-js');
  assert.ok(CallCredentials.createEmpty() instanceof CallCredentials);
});
