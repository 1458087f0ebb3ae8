import type { KeyObject } from 'node:crypto';
import { distinguishedName, type Issuer, issueCertificate, keyIdOf, newKeyPair, type Subject } from './certificate.ts';

export interface Identity {
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: KeyObject;
}

const hour = 3_600_000;
const year = 365 * 24 * hour;

/** A certificate authority that lives as long as the simulated cluster. Times are epoch milliseconds. */
export class Authority {
  /** PEM. */
  readonly certificate: string;
  readonly #issuer: Issuer;
  readonly now: () => number;

  constructor(organization: string, now: () => number) {
    this.now = now;
    const subject: Subject = {
      organizations: [organization],
      notBefore: now() - hour,
      notAfter: now() + 10 * year,
      usage: 'ca',
    };
    const { privateKey, publicKey } = newKeyPair();
    this.#issuer = { name: distinguishedName(subject), key: privateKey, keyId: keyIdOf(publicKey) };
    this.certificate = issueCertificate(subject, publicKey, this.#issuer);
  }

  /** A server's certificate lives for a day, as Talos's do. */
  server(commonName: string, names: readonly string[]): Identity {
    const now = this.now();
    return this.#issue({ commonName, names, notBefore: now - hour, notAfter: now + 24 * hour, usage: 'server' });
  }

  /** A client's certificate; its organizations are its roles, or its groups in Kubernetes, where it also has a name. */
  client(roles: readonly string[], validity: Validity = 'valid', commonName?: string): Identity {
    const now = this.now();
    const [notBefore, notAfter] = {
      valid: [now - hour, now + year],
      expired: [now - year, now - hour],
      'not-yet-valid': [now + hour, now + year],
    }[validity];
    return this.#issue({
      ...(commonName === undefined ? {} : { commonName }),
      organizations: roles,
      notBefore: notBefore ?? now,
      notAfter: notAfter ?? now,
      usage: 'client',
    });
  }

  #issue(subject: Subject): Identity {
    const { privateKey, publicKey } = newKeyPair();
    return { certificate: issueCertificate(subject, publicKey, this.#issuer), privateKey };
  }
}

export type Validity = 'valid' | 'expired' | 'not-yet-valid';
