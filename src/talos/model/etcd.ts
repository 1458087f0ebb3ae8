export interface EtcdMember {
  /** Hexadecimal, as etcd prints it. */
  readonly id: string;
  readonly hostname: string;
  /** Hosts of the peer URLs. */
  readonly peerHosts: readonly string[];
  readonly isLearner: boolean;
}

export interface EtcdStatus {
  readonly memberId: string;
  /** The id of the leader; `''` if there is none. */
  readonly leader: string;
  readonly errors: readonly string[];
  readonly isLearner: boolean;
  /** Bytes of the database: on the disk, and without what a defragmentation would free. */
  readonly database?: { readonly size: number; readonly inUse: number };
  /** The last entry of the raft log that is known to be committed, and the last one that the member has applied. */
  readonly raft?: { readonly index: number; readonly applied: number };
  /** Of etcd, such as `3.6.5`. */
  readonly version?: string;
  /** The version of the schema of its database, such as `3.6.0`; since Talos 1.11. */
  readonly storageVersion?: string;
}

export interface EtcdAlarm {
  readonly memberId: string;
  readonly alarm: string;
}
