import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MalformedError, packet, readPackets } from '../../../sim/omni/openpgp/packet.ts';
import { readPublicKey } from '../../../sim/omni/openpgp/public-key.ts';
import { createSecretKey } from '../../../sim/omni/openpgp/secret-key.ts';
import { verifySignature } from '../../../sim/omni/openpgp/signature.ts';
import { temporaryFolder } from '../../builders/folder.ts';
import { createdAt, data, fingerprint, publicKey, signatures } from './gpg-vectors.ts';

const day = 86_400;
const key = readPublicKey(publicKey);

describe('keys and signatures that GnuPG made', () => {
  it('the public key has the fingerprint that GnuPG says', () => {
    assert.equal(key.fingerprint.toString('hex'), fingerprint);
    assert.equal(key.createdAt, createdAt);
  });

  it('detached signatures are valid, whatever hash and length they have', () => {
    assert.equal(verifySignature(key, data, signatures.sha512, createdAt), undefined);
    assert.equal(verifySignature(key, data, signatures.sha256, createdAt + day), undefined);
    assert.equal(verifySignature(key, data, signatures.short, createdAt + 30 * day), undefined);
    assert.equal(verifySignature(key, data, signatures.oneDay, createdAt + day - 1), undefined);
  });

  it('a signature of other data, of text, of another time or another key is refused', () => {
    const other = createSecretKey({ userId: 'other', createdAt, lifetime: day });
    const verdicts = [
      verifySignature(key, Buffer.concat([data, Buffer.from(' ')]), signatures.sha512, createdAt),
      verifySignature(key, data, signatures.text, createdAt),
      verifySignature(key, data, signatures.oneDay, createdAt + day),
      verifySignature(key, data, signatures.short, createdAt),
      verifySignature(other.publicKey, data, signatures.sha512, createdAt),
      verifySignature(key, data, other.sign(data, createdAt), createdAt),
      verifySignature({ ...key, createdAt: createdAt + 1 }, data, signatures.sha512, createdAt + day),
      verifySignature({ ...key, fingerprint: other.publicKey.fingerprint }, data, signatures.sha512, createdAt),
    ];
    assert.deepEqual(verdicts, [
      'another hash',
      'not a signature of binary data',
      'expired',
      'from the future',
      'not of this key',
      'not of this key',
      'older than its key',
      'of another issuer',
    ]);
  });

  it('a signature with any signed byte changed is refused', () => {
    const accepted = [...signatures.sha512.keys()].filter((index) => {
      const changed = Buffer.from(signatures.sha512);
      changed[index] = (changed[index] ?? 0) ^ 0x01;
      return verifySignature(key, data, changed, createdAt + day) === undefined;
    });
    // The type of the subpacket with the issuer, which is not signed, and the lengths in bits of the two numbers.
    assert.deepEqual(accepted, [40, 52, 86]);
  });

  it('a signature that is cut off is refused', () => {
    for (let length = 0; length < signatures.sha512.length; length += 1) {
      assert.notEqual(verifySignature(key, data, signatures.sha512.subarray(0, length), createdAt), undefined);
    }
  });
});

describe('packets', () => {
  it('lengths of one, two and five bytes are read as they are written', () => {
    for (const length of [0, 191, 192, 8383, 8384, 70_000]) {
      const body = Buffer.alloc(length, 7);
      assert.deepEqual(readPackets(packet(13, body)), [{ tag: 13, body }]);
    }
    // What `packet` never writes: two bytes, and the legacy format.
    assert.equal(readPackets(Buffer.concat([Buffer.from([0xcd, 192, 0]), Buffer.alloc(192)]))[0]?.body.length, 192);
    assert.equal(readPackets(Buffer.concat([Buffer.from([0xb5, 1, 0]), Buffer.alloc(256)]))[0]?.body.length, 256);
  });

  it('other bytes are an error', () => {
    for (const bytes of ['no packet', '\xcd\xe0', '\xb7', '\xcd\x05abc']) {
      assert.throws(() => readPackets(Buffer.from(bytes, 'latin1')), MalformedError);
    }
    assert.throws(() => readPublicKey(packet(13, data)), /no public key/);
  });
});

const gpgVersion = spawnSync('gpg', ['--version'], { encoding: 'utf8' });
const skip = gpgVersion.status === 0 ? false : 'gpg is not installed; the vectors above are from it';

describe('GnuPG itself', { skip }, () => {
  function inHome(use: (home: string, gpg: (...args: readonly string[]) => Buffer) => void): void {
    const home = temporaryFolder();
    const gpg = (...args: readonly string[]): Buffer =>
      execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--no-tty', '--trust-model', 'always', ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    try {
      use(home, gpg);
    } finally {
      spawnSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']);
      rmSync(home, { recursive: true, force: true });
    }
  }

  it('imports a key of a service account, and its signatures are valid here', () => {
    inHome((home, gpg) => {
      const now = Math.floor(Date.now() / 1000);
      const own = createSecretKey({ userId: 'ci <ci@example.com>', createdAt: now - 60, lifetime: day });
      writeFileSync(join(home, 'key.asc'), own.armored);
      writeFileSync(join(home, 'data'), data);
      gpg('--import', join(home, 'key.asc'));
      const listed = gpg('--list-secret-keys', '--with-colons').toString();
      assert.match(listed, new RegExp(`^fpr:.*:${own.publicKey.fingerprint.toString('hex').toUpperCase()}:$`, 'm'));
      assert.match(listed, new RegExp(`^sec:[^:]*:\\d+:22:[0-9A-F]{16}:${now - 60}:${now - 60 + day}:`, 'm'));
      const signature = gpg('--detach-sign', '--output', '-', join(home, 'data'));
      assert.equal(verifySignature(own.publicKey, data, signature, now + 60), undefined);
    });
  });

  it('accepts the signatures of a service account, and only over the same data', () => {
    inHome((home, gpg) => {
      const now = Math.floor(Date.now() / 1000);
      const own = createSecretKey({ userId: 'ci <ci@example.com>', createdAt: now - 60, lifetime: day });
      writeFileSync(join(home, 'key.asc'), own.armored);
      writeFileSync(join(home, 'signature'), own.sign(data, now - 30));
      writeFileSync(join(home, 'data'), data);
      writeFileSync(join(home, 'other'), 'other data');
      gpg('--import', join(home, 'key.asc'));
      gpg('--verify', join(home, 'signature'), join(home, 'data'));
      assert.throws(() => gpg('--verify', join(home, 'signature'), join(home, 'other')), /BAD signature/);
    });
  });
});
