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

const versionPattern = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9a-z.-]+))?/i;

/**
 * Whether a version is older than another, by the order of Semantic Versioning. False if one of them is no version. The other
 * may omit the patch: `1.13.9` is older than `1.14`, and `1.14.0-rc.1` is not.
 */
export function isOlder(version: string, than: string): boolean {
  const [one, other] = [versionPattern.exec(version), versionPattern.exec(than)];
  if (one === null || other === null) {
    return false;
  }
  const parts = other[3] === undefined ? [1, 2] : [1, 2, 3];
  const first = parts.find((part) => Number(one[part] ?? 0) !== Number(other[part]));
  if (first !== undefined) {
    return Number(one[first] ?? 0) < Number(other[first]);
  }
  return other[3] !== undefined && isOlderPrerelease(one[4], other[4]);
}

/** `alpha.1` < `alpha.2` < `alpha.10` < `rc.1` < none. */
function isOlderPrerelease(one: string | undefined, other: string | undefined): boolean {
  if (one === other || one === undefined) {
    return false;
  }
  return other === undefined || one.localeCompare(other, 'en', { numeric: true }) < 0;
}
