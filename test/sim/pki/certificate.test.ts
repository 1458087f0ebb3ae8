import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { Authority } from '../../../sim/pki/authority.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const authority = new Authority('talos', () => now);
const ca = new X509Certificate(authority.certificate);

describe('certificates of the simulated cluster', () => {
  it('are signed by an authority that signed itself', () => {
    assert.equal(ca.ca, true);
    assert.equal(ca.subject, 'O=talos');
    assert.ok(ca.checkIssued(ca));
    assert.ok(ca.verify(ca.publicKey));
    assert.equal(ca.publicKey.asymmetricKeyType, 'ed25519');
  });

  it('name a server by host name and addresses, for a day', () => {
    const server = new X509Certificate(authority.server('cp-1', ['cp-1', '127.1.2.3']).certificate);
    assert.ok(server.checkIssued(ca));
    assert.ok(server.verify(ca.publicKey));
    assert.equal(server.subjectAltName, 'DNS:cp-1, IP Address:127.1.2.3');
    assert.equal(server.validFrom, 'Jan  2 02:04:05 2026 GMT');
    assert.equal(server.validTo, 'Jan  3 03:04:05 2026 GMT');
    assert.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  });

  it('carry the roles of a client as organizations', () => {
    const client = new X509Certificate(authority.client(['os:reader', 'os:etcd:backup']).certificate);
    assert.equal(client.subject, 'O=os:reader\nO=os:etcd:backup');
    assert.equal(new X509Certificate(authority.client([]).certificate).subject, undefined);
  });

  it('may have expired, or not begun', () => {
    const expired = new X509Certificate(authority.client(['os:reader'], 'expired').certificate);
    const future = new X509Certificate(authority.client(['os:reader'], 'not-yet-valid').certificate);
    assert.ok(Date.parse(expired.validTo) < now);
    assert.ok(Date.parse(future.validFrom) > now);
  });

  it('are not issued by another authority of the same name', () => {
    const other = new Authority('talos', () => now);
    const client = new X509Certificate(other.client(['os:reader']).certificate);
    assert.equal(client.checkIssued(ca), false);
    assert.equal(client.verify(ca.publicKey), false);
  });
});
