export interface VolumeStatus {
  readonly phase: 'waiting' | 'failed' | 'missing' | 'located' | 'provisioned' | 'prepared' | 'ready' | 'closed';
  readonly errorMessage: string;
  /** Bytes. */
  readonly size: number;
  /** Keys of the encryption that Talos could not store, with the reason; absent if there is none. */
  readonly failedKeys?: readonly string[];
}

/** A mounted file system. Sizes in bytes; 0 where it has none. */
export interface Mount {
  readonly path: string;
  readonly source: string;
  readonly size: number;
  readonly available: number;
}

/** A software RAID. */
export interface RaidArray {
  readonly id: string;
  readonly phase: 'unknown' | 'waiting' | 'rebuilding' | 'ready' | 'error';
  readonly error: string;
  /** How many devices it has now, and how many it is made for. */
  readonly members: number;
  readonly raidDevices: number;
  /** `clean`, `active`, `inactive`, … */
  readonly arrayState: string;
  /** `idle`, `recover`, `resync`, `check`, … */
  readonly syncAction: string;
}

/** What is wrong with a volume group of LVM: `''` for nothing. */
export interface StorageProblem {
  readonly group: string;
  readonly message: string;
}

export interface ImageCache {
  readonly status: 'unknown' | 'disabled' | 'preparing' | 'ready';
  readonly copy: 'unknown' | 'skipped' | 'copying' | 'ready';
}

export interface NamedVolume extends VolumeStatus {
  /** `EPHEMERAL`, `u-data`, … */
  readonly id: string;
}
