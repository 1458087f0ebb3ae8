import { type Complaint, type Parsed, type Problem, quote, quoteAll, refuse } from '../values/problem.ts';
import { err, ok, type Result } from '../values/result.ts';
import { suggest } from '../values/suggest.ts';
import { asMapping, type Mapping, parseDocument } from '../values/yaml.ts';
import { type ClientCertificate, type Credentials, parseAuthority, parseCertificate } from './credentials.ts';

/** The selected context of a talosconfig. */
export interface TalosconfigContext {
  readonly name: string;
  readonly endpoints: readonly string[];
  readonly nodes: readonly string[];
  readonly login: ClientCertificate | OmniLogin;
  readonly proxyUrl?: string;
}

/** The context that is used, with the credentials that its login leads to. */
export interface TalosContext extends Omit<TalosconfigContext, 'login'> {
  readonly credentials: Credentials;
}

/** A context of Sidero Omni. A talosconfig does not contain the key. */
export interface OmniLogin {
  readonly kind: 'omni';
  /** The name of the cluster in Omni; `''` if the context does not have it. */
  readonly cluster: string;
  /** PEM. */
  readonly ca?: string;
}

export type ParsedTalosconfig = Result<TalosconfigContext, readonly TalosconfigProblem[]>;

/** The input with the error: the file, or the name of the context. */
interface TalosconfigProblem extends Problem {
  readonly input: 'talosconfig' | 'context';
}

const expectedDocument = 'a talosconfig: one YAML document with contexts';

/**
 * One context of a talosconfig: the named one, else the current context of the
 * file, else the only one. Returns all complaints at once; they quote nothing of
 * the file except the names of its contexts.
 */
export function parseTalosconfig(text: string, contextName = ''): ParsedTalosconfig {
  const document = parseDocument(text, expectedDocument);
  if (!document.ok) return failed([document.error]);
  const contexts = contextsOf(document.value);
  if (!contexts.ok) return failed([contexts.error]);
  const chosen = chooseContext(contexts.value, document.value.get('context'), contextName);
  if (!chosen.ok) return failed([chosen.error], contextName === '' ? 'talosconfig' : 'context');
  const { name, context } = chosen.value;
  return parseContext(name, context);
}

function failed(
  complaints: readonly Complaint[],
  input: TalosconfigProblem['input'] = 'talosconfig',
): ParsedTalosconfig {
  return err(complaints.map((complaint) => ({ input, ...complaint })));
}

function contextsOf(root: Mapping): Parsed<Mapping> {
  const expected = expectedDocument;
  const obtain = 'use the file that talosctl gen config or talosctl config new wrote';
  const contexts = asMapping(root.get('contexts'));
  if (contexts === undefined) return refuse(expected, 'YAML without a mapping of contexts', obtain);
  return contexts.size === 0 ? refuse(expected, 'a talosconfig without any context', obtain) : ok(contexts);
}

interface Choice {
  readonly name: string;
  readonly context: Mapping;
}

function chooseContext(contexts: Mapping, current: unknown, wanted: string): Parsed<Choice> {
  const names = [...contexts.keys()];
  const expected = `the name of a context of the talosconfig (${quoteAll(names)})`;
  const only = names.length === 1 ? names[0] : undefined;
  const said = typeof current === 'string' && current !== '' ? current : undefined;
  const name = wanted === '' ? (said ?? only) : wanted;
  if (name === undefined) return refuse(expected, 'none', 'say which one with the input context');
  if (!contexts.has(name)) {
    const guess = suggest(name, names);
    const hint = guess === undefined ? undefined : `did you mean ${quote(guess)}?`;
    return refuse(expected, wanted === '' ? `context: ${quote(name)}` : quote(name), hint);
  }
  const context = asMapping(contexts.get(name));
  if (context === undefined) return refuse(`the context ${quote(name)} to be a mapping`, 'something else');
  return ok({ name, context });
}

function parseContext(name: string, context: Mapping): ParsedTalosconfig {
  const unsupported = unsupportedLogin(context);
  if (unsupported !== undefined) return failed([unsupported]);
  const endpoints = strings(context, 'endpoints');
  const nodes = strings(context, 'nodes');
  const proxyUrl = parseProxyUrl(context.get('proxy-url'));
  const login = parseLogin(context);
  const complaints = [endpoints, nodes, proxyUrl].flatMap((parsed) => (parsed.ok ? [] : [parsed.error]));
  if (!endpoints.ok || !nodes.ok || !proxyUrl.ok || login.value === undefined) {
    const where = ` in the context ${quote(name)}`;
    return failed([...complaints, ...login.complaints].map((one) => ({ ...one, got: one.got + where })));
  }
  // A single endpoint, which is deprecated but still read by talosctl.
  const target = context.get('target');
  return ok({
    name,
    endpoints: typeof target === 'string' && target !== '' ? [...endpoints.value, target] : endpoints.value,
    nodes: nodes.value,
    login: login.value,
    ...(proxyUrl.value !== undefined && { proxyUrl: proxyUrl.value }),
  });
}

interface Login {
  readonly value?: TalosconfigContext['login'];
  readonly complaints: readonly Complaint[];
}

/** If a context has both certificates and a login, its certificates are used. */
function parseLogin(context: Mapping): Login {
  const auth = asMapping(context.get('auth'));
  return auth?.has('siderov1') && !hasCertificate(context) ? parseOmniLogin(context) : parseCertificate(context);
}

function hasCertificate(context: Mapping): boolean {
  return Boolean(context.get('crt') || context.get('key'));
}

function parseOmniLogin(context: Mapping): Login {
  const cluster = context.get('cluster') ?? '';
  const ca = context.get('ca') ?? '';
  if (typeof cluster !== 'string') return { complaints: [{ expected: 'cluster to be a name', got: 'not a string' }] };
  if (ca === '') return { value: { kind: 'omni', cluster }, complaints: [] };
  const parsed = typeof ca === 'string' ? parseAuthority(ca) : refuse('ca to be a PEM certificate', 'not a string');
  return parsed.ok
    ? { value: { kind: 'omni', cluster, ca: parsed.value }, complaints: [] }
    : { complaints: [parsed.error] };
}

/** A login by password, which is not supported. If the context also has certificates, those are used. */
function unsupportedLogin(context: Mapping): Complaint | undefined {
  return hasCertificate(context) || !asMapping(context.get('auth'))?.has('basic')
    ? undefined
    : {
        expected: 'a context with ca, crt and key',
        got: 'a login by password (auth.basic), which is not supported',
        hint: 'pass a talosconfig with certificates, such as talosctl config new --roles os:reader writes',
      };
}

function strings(context: Mapping, field: string): Parsed<readonly string[]> {
  const value: unknown = context.get(field) ?? [];
  const isString = (entry: unknown): entry is string => typeof entry === 'string';
  if (Array.isArray(value) && value.every(isString)) return ok(value);
  return refuse(`${field} to be a list of strings`, Array.isArray(value) ? 'a list of other things' : 'no list');
}

/** Complaints do not quote the URL of a proxy, which may contain a password. */
function parseProxyUrl(value: unknown): Parsed<string | undefined> {
  if (value === undefined || value === null || value === '') return ok(undefined);
  // As in Talos 1.14: no proxy, not even that of the environment.
  if (value === 'direct') return ok(value);
  if (typeof value === 'string' && value.includes('://') && URL.canParse(value)) return ok(value);
  return refuse('proxy-url to be a URL', 'something else');
}
