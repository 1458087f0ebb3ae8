/** What META says of an upgrade of the boot disk. */
export interface UpgradeState {
  /** The boot entry to which the boot loader goes back if the next boot fails; absent if that is disarmed. */
  readonly fallback?: string;
  /** The installer image of an upgrade that the next boot installs. */
  readonly staged?: string;
}

/** Tells boots of a machine apart: by the kernel's random id, which Talos has since 1.14, else by the time. */
export type Boot =
  | { readonly id: string }
  /** Epoch milliseconds by the clock of the node, which may be corrected after the boot. */
  | { readonly at: number };

/** A system extension of the running image; the Image Factory adds one named `schematic`. */
export interface Extension {
  readonly name: string;
  readonly version: string;
}
