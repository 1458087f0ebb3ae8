export interface NetworkStatus {
  readonly addressReady: boolean;
  readonly connectivityReady: boolean;
  readonly hostnameReady: boolean;
  readonly etcFilesReady: boolean;
}

export interface Link {
  readonly name: string;
  readonly isDown: boolean;
  /** The index of the bond of which it is a port. */
  readonly bond?: number;
}

/** A probe of the machine configuration. */
export interface Probe {
  /** Such as `tcp:proxy.example.com:3128`. */
  readonly id: string;
  readonly success: boolean;
  readonly lastError: string;
}

export interface Siderolink {
  readonly host: string;
  readonly connected: boolean;
}
