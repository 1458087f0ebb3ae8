import { isIPv4, isIPv6 as matchesIPv6, SocketAddress } from 'node:net';
import { type Parsed, quote, refuse } from './problem.ts';
import { ok } from './result.ts';

/** An endpoint or node as it was given. IPv6 hosts carry no brackets. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Node's pattern takes milliseconds to be compiled: most hosts, with a port or without, are told by the second colon that they lack. */
const isIPv6 = (text: string): boolean => /:.*:/.test(text) && matchesIPv6(text);

/** Told from a name by what no name has: nothing but digits and dots, or a colon. */
export const looksLikeIp = (text: string): boolean => /^[\d.]+$|:/.test(text);

/** Where apid listens, on every node. It cannot be configured in Talos. */
const apidPort = 50_000;

/**
 * One spelling for each address, so that two of them can be compared: IPv6 as
 * RFC 5952 has it, an IPv4 address mapped into IPv6 as IPv4, host names in lower case
 * without the dot at their end. Any other text comes back in lower case.
 */
export function canonicalHost(host: string): string {
  if (!isIPv6(host)) return host.toLowerCase().replace(/\.$/, '');
  const [address = '', zone] = host.split('%');
  const parsed = new SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=\d+\.)/, '');
  return zone === undefined ? parsed : `${parsed}%${zone}`;
}

/** `host:port`, with brackets around IPv6. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * An endpoint: a host name or IP address, with or without a port (50000). As
 * in talosctl, `https://host:port` is taken too; without a port it is not,
 * because talosctl means 443 by it and its user mostly 50000.
 */
export function parseEndpoint(text: string): Parsed<HostPort> {
  const expected = 'a host name or an IP address, with or without a port, such as 10.0.0.1 or [fd00::1]:50000';
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(text) ?? [];
  const split = splitHostPort(scheme === '' ? rest : rest.replace(/\/$/, ''));
  if (split === undefined) return refuse(expected, quote(text), slip(text));
  const { host, port } = split;
  if (scheme !== '' && (scheme.toLowerCase() !== 'https://' || port === undefined)) {
    const meant = formatHostPort({ host, port: port ?? apidPort });
    return refuse(expected, quote(text), `leave out ${scheme} and name the port of the Talos API: ${meant}`);
  }
  return ok({ host, port: port ?? apidPort });
}

/**
 * A node: a host name or IP address, canonical. It travels in a call's
 * metadata, and the endpoint's apid always asks port 50000 of it: that port
 * may be written and is dropped, another one cannot be meant.
 */
export function parseNode(text: string): Parsed<string> {
  const expected = 'a host name or an IP address without a port, such as 10.0.0.1 or fd00::1';
  const split = splitHostPort(text);
  if (split === undefined) return refuse(expected, quote(text), slip(text));
  const { host, port = apidPort } = split;
  if (port === apidPort) return ok(host);
  return refuse(expected, quote(text), `leave out :${port}: the endpoint asks every node on port ${apidPort}`);
}

/** Host (canonical) and port of a text; undefined if it is neither. */
function splitHostPort(text: string): { readonly host: string; readonly port?: number } | undefined {
  // Bare IPv6 first: its colons start no port.
  if (isIPv6(text)) return { host: canonicalHost(text) };
  const [, v6, name, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = v6 ?? name;
  if (host === undefined || !(v6 === undefined ? isIPv4(host) || isHostName(host) : isIPv6(host))) return undefined;
  if (digits === undefined) return { host: canonicalHost(host) };
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { host: canonicalHost(host), port } : undefined;
}

/**
 * RFC 1123, and underscores, which are seen in the wild. A name whose last
 * label is a number is a mistyped IPv4 address.
 */
function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  const wellFormed = labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
  return text.length <= 253 && wellFormed && !/^\d+$/.test(labels.at(-1) ?? '');
}

/** What to do about a likely slip. */
function slip(text: string): string | undefined {
  if (/^-|["';{}]|^\[[^:]*$/.test(text)) {
    return 'separate entries with commas, blanks or line breaks, without quotes, brackets or dashes';
  }
  const [, host, prefix] = /^([^/]+)\/(\d+)$/.exec(text) ?? [];
  if (host !== undefined && splitHostPort(host) !== undefined) return `leave out /${prefix}: an address, not a network`;
  if (/^[^/]+\/+$/.test(text)) return 'leave out the slash at the end';
  const [, address, port] = /^(.*:.*):(\d+)$/.exec(text) ?? [];
  if (address !== undefined && isIPv6(address)) return `did you mean [${address}]:${port}?`;
  const [, number] = /^[^:]+:(\d+)$/.exec(text) ?? [];
  if (number !== undefined && (Number(number) < 1 || Number(number) > 65_535))
    return 'a port is a number from 1 to 65535';
  return undefined;
}
