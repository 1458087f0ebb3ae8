/** What the npm registry has of a package. */
export interface Published {
  /** False: nobody has ever published it. */
  readonly exists: boolean;
  /** Of the package's tarball in this version, such as `sha512-…`; absent if the version is not published. */
  readonly integrity?: string;
}

/** npm's own, unless npm is told of another one. */
export function registry(): string {
  return process.env['npm_config_registry'] ?? 'https://registry.npmjs.org/';
}

/** The part of a package's document that is read here; all of it is optional, since it comes from outside. */
interface Packument {
  readonly versions?: Readonly<Record<string, { readonly dist?: { readonly integrity?: string } }>>;
}

/**
 * @param from such as `https://registry.npmjs.org/`
 * @throws if the registry does not answer, or answers with something else than the package or 404
 */
export async function published(from: string, name: string, version: string): Promise<Published> {
  const response = await fetch(new URL(name, from), { signal: AbortSignal.timeout(30_000) });
  if (response.status === 404) return { exists: false };
  if (!response.ok) throw new Error(`${from} answered ${response.status} for ${name}`);
  const { versions = {} }: Packument = JSON.parse(await response.text());
  const integrity = versions[version]?.dist?.integrity;
  return { exists: true, ...(integrity !== undefined && { integrity }) };
}
