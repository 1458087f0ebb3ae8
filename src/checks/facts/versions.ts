/**
 * Whether a version is the expected one: all of it, or the parts that are
 * expected. `1.14` is any release of it, its candidates too; `1.14.0` is no `1.14.0-rc.1`.
 * A leading `v` and build metadata (`+…`) do not count.
 */
export function isVersion(version: string, expected: string): boolean {
  const [plain = ''] = version.replace(/^v/i, '').split('+');
  const isWhole = /^\d+\.\d+\.\d+/.test(expected);
  return plain === expected || (!isWhole && plain.startsWith(`${expected}.`));
}

/** The tag of an image, such as `v1.36.1` of `registry.k8s.io/kube-apiserver:v1.36.1`; undefined where it is no version. */
export function imageVersion(image: string): string | undefined {
  const [, tag] = /:(v?\d+\.\d+\.\d+[\w.+-]*)(?:@|$)/.exec(image) ?? [];
  return tag;
}
