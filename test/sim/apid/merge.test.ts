import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { errorAnswer, withHostname } from '../../../sim/apid/merge.ts';
import { DataSchema } from '../../../sim/gen/common/common_pb.ts';
import { VersionResponseSchema } from '../../../sim/gen/machine/machine_pb.ts';
import { StatusError } from '../../../sim/status.ts';
import { answerBytes, recordedCall } from '../../fixtures/recorded.ts';

describe('answers of many nodes in one', () => {
  it('name the node of each message, byte for byte as a real endpoint does', () => {
    const [alone] = answerBytes(recordedCall('healthy', 'reader-Version-node-cp2'));
    const [named] = answerBytes(recordedCall('healthy', 'reader-Version-nodes-one'));
    assert.ok(alone !== undefined && named !== undefined);
    assert.deepEqual(Buffer.from(withHostname(alone, '10.77.0.12', false)), named);
  });

  it('hold a failure in the place of an answer, as a real endpoint does', () => {
    const [recorded] = answerBytes(recordedCall('behind-endpoint-refused', 'reader-ServiceList-nodes-dead-only-60s'));
    assert.ok(recorded !== undefined);
    const message =
      'connection error: desc = "transport: Error while dialing: dial tcp 10.77.0.13:50000: connect: connection refused"';
    const answer = errorAnswer(new StatusError('UNAVAILABLE', message), '10.77.0.13', false);
    assert.deepEqual(Buffer.from(answer), recorded);
  });

  it('put the name into each message of a stream', () => {
    const data = toBinary(DataSchema, create(DataSchema, { bytes: Buffer.from('line') }));
    const named = fromBinary(DataSchema, withHostname(data, 'cp-2', true));
    assert.equal(named.metadata?.hostname, 'cp-2');
    assert.equal(Buffer.from(named.bytes).toString(), 'line');
  });

  it('are one answer when they are put together', () => {
    const part = (tag: string, node: string) =>
      withHostname(
        toBinary(VersionResponseSchema, create(VersionResponseSchema, { messages: [{ version: { tag } }] })),
        node,
        false,
      );
    const { messages } = fromBinary(VersionResponseSchema, Buffer.concat([part('v1', 'a'), part('v2', 'b')]));
    assert.deepEqual(
      messages.map(({ version, metadata }) => [version?.tag, metadata?.hostname]),
      [
        ['v1', 'a'],
        ['v2', 'b'],
      ],
    );
  });
});
