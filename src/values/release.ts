/** A minor release, such as 1.14. Pre-releases and patches belong to it. */
export interface Release {
  readonly major: number;
  readonly minor: number;
}

/** The release of a version such as `v1.14.0-rc.1` or `1.14`; undefined if the text is not a version. */
export function releaseOf(version: string): Release | undefined {
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,4})(?:[.+-]|$)/i.exec(version) ?? [];
  return major === undefined || minor === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

export function formatRelease({ major, minor }: Release): string {
  return `${major}.${minor}`;
}

/** Negative if `one` is older than `other`, 0 if they are the same. */
export function compareReleases(one: Release, other: Release): number {
  return one.major - other.major || one.minor - other.minor;
}

/** How many minor releases `newer` is ahead of `older`; infinite if the major versions differ. */
export function minorsAhead(newer: Release, older: Release): number {
  if (newer.major !== older.major) return newer.major > older.major ? Infinity : -Infinity;
  return newer.minor - older.minor;
}
