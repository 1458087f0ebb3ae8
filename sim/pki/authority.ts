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

  /** A server's certificate. Its times are in hours; by default it lives for a day, as those of apid do. */
  server(
    commonName: string,
    names: readonly string[],
    { lifetime = 25, left }: { readonly lifetime?: number; readonly left?: number } = {},
  ): Identity {
    const notAfter = this.now() + (left ?? lifetime - 1) * hour;
    return this.#issue({ commonName, names, notBefore: notAfter - lifetime * hour, notAfter, usage: 'server' });
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
