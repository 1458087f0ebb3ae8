import { Authority, type Validity } from './authority.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { type KubernetesUser, KubernetesUsers } from './kubernetes-users.ts';
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

export interface KubeconfigOptions {
  /** `admin`, as in the one that Talos gives. */
  readonly user?: KubernetesUser;
  /** By what the user is known. */
  readonly by?: 'certificate' | 'token';
  readonly validity?: Validity;
  /** Who signed the client's certificate, or made up the token. */
  readonly signedBy?: 'cluster' | 'stranger';
  /** Whose the authority in the file is. */
  readonly trusts?: 'cluster' | 'stranger';
}

/** Who signs for whom, and the files that clients get. */
export class Authorities {
  readonly cluster: Authority;
  /** Of another cluster, or of a machine in maintenance: nobody here knows it. */
  readonly stranger: Authority;
  /** Kubernetes has an authority of its own. */
  readonly kubernetes: Authority;
  readonly kubernetesUsers: KubernetesUsers;
  readonly #otherKubernetes: Authority;

  constructor(now: () => number) {
    this.cluster = new Authority('talos', now);
    this.stranger = new Authority('talos', now);
    this.kubernetes = new Authority('kubernetes', now);
    this.kubernetesUsers = new KubernetesUsers(this.kubernetes);
    this.#otherKubernetes = new Authority('kubernetes', now);
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

  /** `server` is a URL. */
  kubeconfig(cluster: string, server: string, options: KubeconfigOptions = {}): string {
    const { user = 'admin', by = 'certificate', validity, signedBy = 'cluster', trusts = 'cluster' } = options;
    const users = signedBy === 'cluster' ? this.kubernetesUsers : new KubernetesUsers(this.#otherKubernetes);
    const credentials = by === 'token' ? { token: users.token(user) } : users.identity(user, validity);
    const ca = (trusts === 'cluster' ? this.kubernetes : this.#otherKubernetes).certificate;
    return writeKubeconfig({ cluster, server, ca, user, credentials });
  }
}
