// Every version of Node must be able to parse this file.

/** The oldest version that has the TLS and language features which the gate uses. */
const minimum = [22, 19] as const;

/** The error message for a version of Node that is too old; undefined if it is not. */
export function versionError(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > minimum[0] || (major === minimum[0] && minor >= minimum[1]);
  return isEnough
    ? undefined
    : `talos-health needs Node ${minimum.join('.')} or newer; this is Node ${version}. Install a newer one, or use the container image, which brings its own.`;
}
