import { BlockList, isIP, isIPv6 } from 'node:net';
import { canonicalHost, formatHostPort, type HostPort } from '../values/address.ts';
import { type Parsed, type Problem, refuse } from '../values/problem.ts';
import { err, ok, type Result } from '../values/result.ts';

export interface ProxyServer extends HostPort {
  readonly scheme: 'http' | 'https' | 'socks5';
  /** Secret. */
  readonly login?: { readonly user: string; readonly password: string };
}

/** Which connections go through a proxy. */
export interface Proxying {
  readonly proxy: ProxyServer;
  /** Entries of NO_PROXY; `undefined` if the talosconfig names the proxy, which then applies to all connections. */
  readonly except?: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** In the order of Go, and so of talosctl, which does not support the last two. */
const variables = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'] as const;

const ports: Readonly<Record<ProxyServer['scheme'], number>> = { http: 80, https: 443, socks5: 1080 };

/**
 * Reads the proxy for all connections of the gate, as talosctl does: `proxy-url` of the
 * talosconfig, otherwise the environment. `direct` in the talosconfig disables it.
 */
export function readProxying(proxyUrl: string | undefined, env: Env): ProxyingResult {
  if (proxyUrl === 'direct') return ok(undefined);
  if (proxyUrl !== undefined) {
    const parsed = parseProxy(proxyUrl);
    return parsed.ok
      ? ok({ proxy: parsed.value })
      : err({ ...parsed.error, input: 'talosconfig', got: `proxy-url with ${parsed.error.got}` });
  }
  const name = variables.find((variable) => (env[variable]?.trim() ?? '') !== '');
  if (name === undefined) return ok(undefined);
  const except = (env['NO_PROXY'] || env['no_proxy'] || '').split(/[\s,]+/).filter((entry) => entry !== '');
  // NO_PROXY=* disables the proxy, even an invalid one.
  if (except.includes('*')) return ok(undefined);
  const parsed = parseProxy(env[name]?.trim() ?? '');
  return parsed.ok ? ok({ proxy: parsed.value, except }) : err({ input: name, ...parsed.error });
}

/** Undefined without a proxy. */
export type ProxyingResult = Result<Proxying | undefined, Problem>;

/** The secrets of a proxy: the password, or the user if there is no password, in every encoding that is sent. */
export function secretsOfProxy({ proxy: { login } }: Proxying): readonly string[] {
  if (login === undefined) return [];
  const { user, password } = login;
  const secret = password === '' ? user : password;
  return [secret, encodeURIComponent(secret), basic(login)];
}

/** The credentials of basic authentication, without the scheme. */
export function basic({ user, password }: { readonly user: string; readonly password: string }): string {
  return Buffer.from(`${user}:${password}`).toString('base64');
}

/** The URL of a proxy without its login. */
export function nameProxy(proxy: ProxyServer): string {
  return `${proxy.scheme}://${formatHostPort(proxy)}`;
}

/** No message quotes the URL, because it may contain a password. */
function parseProxy(text: string): Parsed<ProxyServer> {
  const expected = 'the URL of a proxy, http://, https:// or socks5:// and HOST:PORT';
  // As in Go, a host without a scheme is an HTTP proxy.
  const url = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(url)) return refuse(expected, 'something else');
  const { protocol, hostname, port, username, password } = new URL(url);
  const scheme = schemeOf(protocol);
  if (scheme === undefined) return refuse(expected, `a URL of another kind (${protocol.slice(0, 20)})`);
  if (hostname === '') return refuse(expected, 'a URL without a host');
  const login = loginOf(username, password);
  return login === undefined
    ? refuse(expected, 'a login that is not percent-encoded')
    : ok({
        scheme,
        host: canonicalHost(hostname.replace(/^\[|\]$/g, '')),
        port: port === '' ? ports[scheme] : Number(port),
        ...(login.user !== '' && { login }),
      });
}

function schemeOf(protocol: string): ProxyServer['scheme'] | undefined {
  switch (protocol) {
    case 'http:':
      return 'http';
    case 'https:':
      return 'https';
    // With `socks5h` the proxy resolves names. Here it always does.
    case 'socks5:':
    case 'socks5h:':
      return 'socks5';
    default:
      return undefined;
  }
}

function loginOf(user: string, password: string): ProxyServer['login'] {
  try {
    return { user: decodeURIComponent(user), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
}

/** The proxy for a connection; undefined if it is direct. */
export function proxyFor(proxying: Proxying | undefined, target: HostPort): ProxyServer | undefined {
  if (proxying === undefined) return undefined;
  const { proxy, except } = proxying;
  const isDirect = except !== undefined && (isLocal(target.host) || except.some((entry) => matches(entry, target)));
  return isDirect ? undefined : proxy;
}

/** As in Go, a proxy from the environment does not apply to loopback addresses. */
function isLocal(host: string): boolean {
  return host === 'localhost' || inNetwork(host, '127.0.0.0', 8) || host === '::1';
}

/**
 * Whether an entry of NO_PROXY matches a host, by the rules of Go. An entry is a
 * network, an address, a name (which includes its subdomains) or a name after a dot
 * (only its subdomains). All but a network can have a port.
 */
function matches(entry: string, { host, port }: HostPort): boolean {
  const [, network, prefix] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (network !== undefined) return inNetwork(host, network, Number(prefix));
  const [, v6, name = '', digits] =
    /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(isIPv6(entry) ? `[${entry}]` : entry) ?? [];
  if (digits !== undefined && Number(digits) !== port) return false;
  const wanted = canonicalHost(v6 ?? name.replace(/^\*\./, '.'));
  if (wanted === '' || wanted === '.') return false;
  if (isIP(host) !== 0) return wanted === host;
  return wanted.startsWith('.') ? host.endsWith(wanted) : host === wanted || host.endsWith(`.${wanted}`);
}

function inNetwork(host: string, network: string, prefix: number): boolean {
  const [family, of] = [isIP(host), isIP(network)];
  if (family === 0 || family !== of || prefix > (of === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, of === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, of === 4 ? 'ipv4' : 'ipv6');
}
