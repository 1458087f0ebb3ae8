import type { PublicKey } from './openpgp/public-key.ts';
import { createSecretKey, type SecretKey } from './openpgp/secret-key.ts';

/** A role of Omni; `None` may do nothing. */
export type OmniRole = 'None' | 'Reader' | 'Operator' | 'Admin';

export interface AccountOptions {
  readonly role?: OmniRole;
  readonly validity?: 'valid' | 'expired';
  /** Whether Omni has the public key. */
  readonly registered?: boolean;
}

/** What Omni knows of a service account's key. */
interface Account {
  readonly role: OmniRole;
  readonly key: PublicKey;
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** A service account as its owner has it. */
export interface ServiceAccount {
  readonly name: string;
  readonly key: SecretKey;
  /** As omnictl prints it: the value of OMNI_SERVICE_ACCOUNT_KEY. */
  readonly encoded: string;
}

const hour = 3600;
const year = 365 * 24 * hour;

/** The service accounts of an Omni. Times are epoch seconds. */
export class Accounts {
  readonly #registered = new Map<string, Account>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  create(name: string, { role = 'Reader', validity = 'valid', registered = true }: AccountOptions): ServiceAccount {
    const now = this.#now();
    const createdAt = now - 2 * hour;
    const lifetime = validity === 'valid' ? year : hour;
    const userId = `${name} <${name}@serviceaccount.omni.sidero.dev>`;
    const key = createSecretKey({ userId, createdAt, lifetime });
    const { publicKey } = key;
    if (registered) {
      this.#registered.set(publicKey.fingerprint.toString('hex'), {
        role,
        key: publicKey,
        expiresAt: createdAt + lifetime,
      });
    }
    const text = JSON.stringify({ name, pgp_key: key.armored });
    return { name, key, encoded: Buffer.from(text).toString('base64') };
  }

  /** The account whose key has this fingerprint, in hexadecimal, unless the key is not known or has expired. */
  find(fingerprint: string): Account | undefined {
    const found = this.#registered.get(fingerprint);
    return found !== undefined && found.expiresAt > this.#now() ? found : undefined;
  }
}
