import { isAbsolute, join } from 'node:path';
import { type Parsed, quote, refuse } from '../values/problem.ts';
import { err, ok, type Result } from '../values/result.ts';
import { decodeText, gunzip, looksLikeDocument, looksLikePath, unwrapBase64 } from '../values/text.ts';
import { parseAuthority } from './credentials.ts';
import type { Kind } from './formats/form.ts';
import { type Unwrapped, unwrap } from './formats/unwrap.ts';
import { secretsOf } from './secrets.ts';

/** The dependencies for finding a configuration file. */
export interface LocateIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** The user's home directory; may throw if there is none. */
  readonly homedir: () => string;
  /** Masks the secrets of a talosconfig or kubeconfig; called before it is parsed. */
  readonly mask: (secrets: () => readonly string[]) => void;
}

/** The text of a configuration, and its source for messages. */
export interface Located {
  readonly text: string;
  readonly source: string;
}

const expectedOf = (kind: Kind): string => `the text of a ${kind}, base64 of it, or the path of a file with it`;

/**
 * The talosconfig of the input, else of the environment variable TALOSCONFIG,
 * else the first existing file of talosctl's default paths. A wrong path is an
 * error: falling back could select another cluster.
 */
export async function locateTalosconfig(input: string, io: LocateIo): Promise<Parsed<Located>> {
  const expected = expectedOf('talosconfig');
  if (input !== '') return resolve(input, 'the input', 'talosconfig', io);
  const fromEnvironment = io.env['TALOSCONFIG']?.trim() ?? '';
  if (fromEnvironment !== '') {
    return resolve(fromEnvironment, 'the environment variable TALOSCONFIG', 'talosconfig', io);
  }
  const paths = defaultPaths(io);
  for (const path of paths) {
    const file = await readText(path, io.readFile);
    if (file.ok) return read(file.value, `the file ${quote(path)}`, 'talosconfig', io);
    if (!file.error.absent) return refuse(expected, `the file ${quote(path)}, ${file.error.reason}`);
  }
  return refuse(
    expected,
    `nothing, no environment variable TALOSCONFIG, and no file at ${paths.join(' or ')}`,
    'if it comes from a secret: a secret is empty if its name is wrong, and for pull requests from forks; for Sidero Omni, endpoints and cluster are enough',
  );
}

/** The kubeconfig of the input, which is not empty. There is no fallback, which could select another cluster. */
export async function locateKubeconfig(input: string, io: LocateIo): Promise<Parsed<Located>> {
  return resolve(input, 'the input', 'kubeconfig', io);
}

/** The authority of the input: PEM, base64 of PEM, or the path of a file with it. It is no secret, but a wrong input may be one. */
export async function readAuthority(input: string, { readFile }: Pick<LocateIo, 'readFile'>): Promise<Parsed<string>> {
  if (input.includes('-----BEGIN') || unwrapBase64(input) !== undefined) return parseAuthority(input);
  const expected = 'PEM of a CA certificate, or the path of a file with it';
  if (!looksLikePath(input)) return refuse(expected, quote(input));
  const file = await readText(input, readFile);
  return file.ok ? parseAuthority(file.value) : refuse(expected, `the path ${quote(input)}, ${file.error.reason}`);
}

/** `TALOS_HOME` moves `~/.talos`, as it does for talosctl. */
function defaultPaths({ env, homedir }: LocateIo): readonly string[] {
  const pod = '/var/run/secrets/talos.dev/config';
  const talosHome = env['TALOS_HOME'] ?? '';
  if (isAbsolute(talosHome)) return [join(talosHome, 'config'), pod];
  const home = homeOf(homedir);
  return home === undefined ? [pod] : [join(home, '.talos', 'config'), pod];
}

function homeOf(homedir: () => string): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

async function resolve(given: string, origin: string, kind: Kind, io: LocateIo): Promise<Parsed<Located>> {
  const expected = expectedOf(kind);
  const content = unwrapMasked(given, origin, kind, io);
  if (!content.ok) return content;
  const { text, through } = content.value;
  if (through.length > 0 || looksLikeDocument(text)) {
    const names = through.map(({ id }) => id).join(', ');
    return ok({ text, source: `${origin} (${names === '' ? 'text' : names})` });
  }
  const neither = `${given.length} characters that are no such text, no whole base64 of it, and no path of a file`;
  if (/[\r\n\0]/.test(given)) return refuse(expected, neither);
  const home = homeOf(io.homedir);
  const path = home !== undefined && /^~[/\\]/.test(given) ? join(home, given.slice(2)) : given;
  const file = await readText(path, io.readFile);
  // An invalid path may be a mangled talosconfig: it is shown only if it looks like a path.
  const shown = looksLikePath(given) ? `the path "${given}"` : undefined;
  if (file.ok) return read(file.value, shown ?? 'the file that is given', kind, io);
  const { absent, reason } = file.error;
  if (shown === undefined) return refuse(expected, absent ? neither : `a path that is not shown, ${reason}`);
  const hint = 'a path in the repository needs the step actions/checkout before this one';
  return refuse(expected, `${shown} in ${origin}, ${reason}`, absent && !isAbsolute(path) ? hint : undefined);
}

function read(given: string, source: string, kind: Kind, io: LocateIo): Parsed<Located> {
  const content = unwrapMasked(given, source, kind, io);
  return content.ok ? ok({ text: content.value.text, source }) : content;
}

function unwrapMasked(given: string, source: string, kind: Kind, io: LocateIo): Parsed<Unwrapped> {
  io.mask(() => secretsOf(given));
  const content = unwrap(given, kind, expectedOf(kind));
  if (!content.ok) {
    const { expected, got, hint } = content.error;
    return refuse(expected, `${got}, from ${source}`, hint);
  }
  // The search for secrets is limited and may have missed the inner text.
  if (content.value.through.length > 0) io.mask(() => secretsOf(content.value.text));
  return content;
}

type FileText = Result<string, { readonly absent: boolean; readonly reason: string }>;

/** The text of a file. The reason omits the system's message, which contains the path. */
async function readText(path: string, readFile: LocateIo['readFile']): Promise<FileText> {
  const bytes = await readFile(path).catch(errorCode);
  if (typeof bytes === 'string') {
    const absent = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(bytes);
    return err({ absent, reason: readErrors.get(bytes) ?? `which cannot be read (${bytes})` });
  }
  const plain = gunzip(bytes);
  // An encrypted file is recognized by its first bytes.
  const text = decodeText(plain) ?? Buffer.from(plain).toString('latin1');
  if (text.trim() === '') return err({ absent: false, reason: 'which is empty' });
  return ok(text);
}

const readErrors = new Map<string, string>([
  ['ENOENT', 'which does not exist'],
  ['ENOTDIR', 'which does not exist: a part of it is no directory'],
  ['ENAMETOOLONG', 'which is too long'],
  ['EISDIR', 'which is a directory'],
  ['EACCES', 'which this user may not read'],
  ['EPERM', 'which this user may not read'],
]);

function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
