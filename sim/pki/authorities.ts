import { Authority, type Validity } from './authority.ts';
import { packKubeconfig, writeKubeconfig } from './kubeconfig.ts';
import { writeTalosconfig } from './talosconfig.ts';

/** A role of Talos; `none` is a certificate without one. */
export type TalosRole = 'os:admin' | 'os:operator' | 'os:reader' | 'os:etcd:backup' | 'none';

export interface TalosconfigOptions {
  /** By default the control planes; `host` or `host:port`. */
  readonly endpoints?: readonly string[];
  readonly nodes?: readonly string[];
  readonly validity?: Validity;
  /** Who signed the client's certificate. */
  readonly signedBy?: 'cluster' | 'stranger';
  /** Whose the authority in the file is. */
  readonly trusts?: 'cluster' | 'stranger';
}

/** Who signs for whom, and the files that clients get. */
export class Authorities {
  readonly cluster: Authority;
  /** Of another cluster, or of a machine in maintenance: nobody here knows it. */
  readonly stranger: Authority;
  readonly kubernetes: Authority;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.cluster = new Authority('talos', now);
    this.stranger = new Authority('talos', now);
    this.kubernetes = new Authority('kubernetes', now);
  }

  talosconfig(context: string, role: TalosRole, options: TalosconfigOptions): string {
    const { endpoints = [], nodes = [], validity = 'valid', signedBy = 'cluster', trusts = 'cluster' } = options;
    return writeTalosconfig({
      context,
      endpoints,
      nodes,
      ca: this[trusts].certificate,
      identity: this[signedBy].client(role === 'none' ? [] : [role], validity),
    });
  }

  /** As Talos sends it. */
  kubeconfig(cluster: string, server: string): Uint8Array {
    const identity = this.kubernetes.client(['system:masters']);
    const text = writeKubeconfig({ cluster, server, ca: this.kubernetes.certificate, identity });
    return packKubeconfig(text, this.#now());
  }
}
