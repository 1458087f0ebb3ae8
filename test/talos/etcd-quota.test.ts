import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { ResourceSchema } from '../../src/gen/cosi/resource/resource_pb.ts';
import { EtcdSpecSpecSchema } from '../../src/gen/talos/resource/definitions/definitions_pb.ts';
import { defaultQuota, etcdQuotas } from '../../src/talos/resources/etcd.ts';

const decode = (spec: { protoSpec: Uint8Array } | { yamlSpec: Uint8Array }) =>
  etcdQuotas.decode(create(ResourceSchema, { metadata: { id: 'etcd' }, spec }));
const fromYaml = (text: string) => decode({ yamlSpec: Buffer.from(text) });

test('the quota of etcd is decoded as Talos since 1.13 and before it sends it', () => {
  const values = create(EtcdSpecSpecSchema, {
    extraArgs: { 'quota-backend-bytes': { values: ['1', '8589934592'] }, 'auto-compaction-mode': { values: [] } },
  });
  const single = create(EtcdSpecSpecSchema, { singleExtraArgs: { 'quota-backend-bytes': '8589934592' } });
  const expected = { bytes: 8 * 1024 ** 3, isSet: true };
  assert.deepEqual(decode({ protoSpec: toBinary(EtcdSpecSpecSchema, values) }), expected);
  assert.deepEqual(decode({ protoSpec: toBinary(EtcdSpecSpecSchema, single) }), expected);
  assert.deepEqual(fromYaml('extraArgs:\n  quota-backend-bytes:\n    values: ["8589934592"]\n'), expected);
  assert.deepEqual(fromYaml('extraArgs:\n  quota-backend-bytes: "8589934592"\n'), expected);
});

test('without a quota that etcd would take, it has its default; a negative one switches the quota off', () => {
  for (const given of ['', 'extraArgs: {}\n', 'extraArgs:\n  quota-backend-bytes: "0"\n']) {
    assert.deepEqual(fromYaml(given), defaultQuota);
  }
  assert.deepEqual(fromYaml('extraArgs:\n  quota-backend-bytes: "-1"\n'), {
    bytes: Number.POSITIVE_INFINITY,
    isSet: true,
  });
});
