import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { type SimulatedCluster, startCluster } from '../../../sim/cluster.ts';
import { MachineService } from '../../../sim/gen/machine/machine_pb.ts';
import { connect, contextOf, nodeOf } from '../client.ts';

const { version } = MachineService.method;

/** The alert that ends the connection, by its number. */
async function alertOf(socket: TLSSocket): Promise<string> {
  const [error] = await once(socket, 'error');
  return /alert number (\d+)/.exec(String(error))?.[1] ?? String(error);
}

describe('the TLS of a node', () => {
  let cluster: SimulatedCluster;
  before(async () => {
    cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  });
  after(() => cluster.stop());

  const connectPlain = (options: ConnectionOptions): TLSSocket => {
    const { address, endpoint } = nodeOf(cluster, 'cp-1');
    const ca = Buffer.from(contextOf(cluster.talosconfig('os:reader')).ca, 'base64');
    const socket = connectTls({
      host: address,
      port: Number(endpoint.split(':')[1]),
      ca,
      servername: 'cp-1',
      ALPNProtocols: ['h2'],
      ...options,
    });
    return socket.resume();
  };

  it('speaks 1.3 and HTTP/2, with a certificate for its name and addresses', async () => {
    const socket = connectPlain({});
    await once(socket, 'secureConnect');
    assert.deepEqual([socket.getProtocol(), socket.alpnProtocol, socket.authorized], ['TLSv1.3', 'h2', true]);
    assert.equal(
      socket.getPeerCertificate().subjectaltname,
      `DNS:cp-1, IP Address:${nodeOf(cluster, 'cp-1').address}, IP Address:127.0.0.1`,
    );
    // nobody without a certificate is kept
    assert.equal(await alertOf(socket), '116');
  });

  it('refuses 1.2', async () => {
    assert.equal(await alertOf(connectPlain({ maxVersion: 'TLSv1.2' })), '70');
  });

  const refused: readonly [string, Parameters<typeof connect>[2], RegExp][] = [
    ['an expired certificate', { validity: 'expired' }, /alert number 45/],
    ['a certificate that is not valid yet', { validity: 'not-yet-valid' }, /alert number 45/],
    ['a certificate of another authority', { signedBy: 'stranger' }, /alert number 48/],
    ['a node of another authority', { trusts: 'stranger' }, /unable to verify the first certificate/],
  ];
  for (const [name, options, message] of refused) {
    it(`a call with ${name} fails as on a real node`, async () => {
      using client = connect(cluster, 'os:reader', options);
      const outcome = await client.call(version, {});
      assert.equal(outcome.code, 'UNAVAILABLE');
      assert.match(outcome.message, message);
    });
  }

  it('a certificate without a role connects, and may do nothing', async () => {
    using client = connect(cluster, 'none');
    assert.deepEqual(await client.call(version, {}), {
      code: 'PERMISSION_DENIED',
      message: 'not authorized',
      messages: [],
    });
  });
});
