/**
 * Whether a version matches the expected one, which may omit the last parts: `1.14` matches each of its releases and
 * release candidates, `1.14.0` does not match `1.14.0-rc.1`. A leading `v` and build metadata (`+…`) are ignored.
 */
export function isVersion(version: string, expected: string): boolean {
  const [plain = ''] = version.replace(/^v/i, '').split('+');
  const isWhole = /^\d+\.\d+\.\d+/.test(expected);
  return plain === expected || (!isWhole && plain.startsWith(`${expected}.`));
}

/** The tag of an image, such as `v1.36.1` of `registry.k8s.io/kube-apiserver:v1.36.1`; undefined if the tag is not a version. */
export function imageVersion(image: string): string | undefined {
  const [, tag] = /:(v?\d+\.\d+\.\d+[\w.+-]*)(?:@|$)/.exec(image) ?? [];
  return tag;
}
