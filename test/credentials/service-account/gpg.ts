import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../builders/folder.ts';

/** Whether this machine has GnuPG, an implementation that is not ours. */
export const hasGpg = spawnSync('gpg', ['--version']).status === 0;

/** GnuPG with a key ring of its own. */
export class Gpg implements Disposable {
  readonly #home = temporaryFolder();

  #run(...args: readonly string[]): string {
    const common = ['--homedir', this.#home, '--quiet', '--batch', '--pinentry-mode', 'loopback', '--passphrase', ''];
    return execFileSync('gpg', [...common, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** An armored private key. @param expires such as `1y`, or `0` for never */
  createKey(name: string, algorithm = 'ed25519', expires = '1y'): string {
    this.#run('--quick-gen-key', `${name} <${name}@example.com>`, algorithm, 'cert,sign', expires);
    return this.#run('--armor', '--export-secret-keys', `${name}@example.com`);
  }

  /** 40 digits in upper case. */
  fingerprint(name: string): string | undefined {
    return /^fpr:+([0-9A-F]{40}):/m.exec(this.#run('--with-colons', '--list-keys', `${name}@example.com`))?.[1];
  }

  /** Whether this is a good detached signature of the data. */
  verifies(data: Uint8Array, signature: Uint8Array): boolean {
    const files = [join(this.#home, 'signature'), join(this.#home, 'data')] as const;
    writeFileSync(files[0], signature);
    writeFileSync(files[1], data);
    try {
      return this.#run('--status-fd', '1', '--verify', ...files).includes('GOODSIG');
    } catch {
      return false;
    }
  }

  [Symbol.dispose](): void {
    spawnSync('gpgconf', ['--homedir', this.#home, '--kill', 'all']);
    rmSync(this.#home, { recursive: true, force: true });
  }
}
