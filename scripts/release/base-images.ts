const manifests = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/** `FROM HOST/NAME:TAG`, with or without a digest behind it. */
const from = /^(FROM (?<host>[^/\s]+)\/(?<name>[^:@\s]+):(?<tag>[^@\s]+))(?:@sha256:[0-9a-f]{64})?(?= |$)/gm;

/** A token for everybody, where a registry wants one: it says so in `WWW-Authenticate`. */
async function tokenFor(challenge: string): Promise<string> {
  const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
  const url = new URL(fields.get('realm') ?? '');
  for (const key of ['service', 'scope']) {
    const value = fields.get(key);
    if (value !== undefined) url.searchParams.set(key, value);
  }
  const { token }: { readonly token: string } = JSON.parse(await (await fetch(url)).text());
  return token;
}

/**
 * The digest of the index behind a tag, for all platforms: `sha256:…`.
 *
 * @param registry such as `https://gcr.io`
 * @throws if the registry does not say it
 */
export async function digestOf(registry: string, name: string, tag: string): Promise<string> {
  const url = new URL(`/v2/${name}/manifests/${tag}`, registry);
  const ask = (headers: Readonly<Record<string, string>>) =>
    fetch(url, { method: 'HEAD', headers: { accept: manifests, ...headers }, signal: AbortSignal.timeout(30_000) });
  let response = await ask({});
  const challenge = response.headers.get('www-authenticate');
  if (response.status === 401 && challenge !== null) {
    response = await ask({ authorization: `Bearer ${await tokenFor(challenge)}` });
  }
  const digest = response.headers.get('docker-content-digest') ?? '';
  if (!response.ok || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(`${url}: expected a digest, got status ${response.status} and "${digest}"`);
  }
  return digest;
}

/** The Dockerfile with the digest that stands behind each tag now; tags stay, for people and for Dependabot. */
export async function pinned(dockerfile: string, digest: typeof digestOf = digestOf): Promise<string> {
  let text = dockerfile;
  for (const { 0: line, 1: tagged = '', groups: { host = '', name = '', tag = '' } = {} } of dockerfile.matchAll(
    from,
  )) {
    text = text.replace(line, `${tagged}@${await digest(`https://${host}`, name, tag)}`);
  }
  return text;
}
