// Read by any Node: nothing here may be newer than Node itself.

/** What is needed, and where from: TLS and the language as the gate uses them. */
const oldest = [22, 19] as const;

/** What to tell whoever runs a Node that is too old for the command line; undefined where it is not. */
export function tooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
  return isEnough
    ? undefined
    : `talos-health needs Node ${oldest.join('.')} or newer; this is Node ${version}. Install a newer one, or use the container image, which brings its own.`;
}
