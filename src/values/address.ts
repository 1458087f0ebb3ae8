import { isIPv4, isIPv6 as matchesIPv6, SocketAddress } from 'node:net';
import { type Parsed, quote, refuse } from './problem.ts';
import { ok } from './result.ts';

/** A host and a port. IPv6 addresses have no brackets. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Node's own check takes milliseconds to compile its pattern. Most hosts do not have two colons, and do not need it. */
const isIPv6 = (text: string): boolean => /:.*:/.test(text) && matchesIPv6(text);

/** A text of digits and dots, or with a colon: no host name is like that. */
export const looksLikeIp = (text: string): boolean => /^[\d.]+$|:/.test(text);

/** The port of apid on every node. Talos cannot change it. */
const apidPort = 50_000;

/**
 * Normalizes a host for comparison: IPv6 as in RFC 5952, an IPv4-mapped IPv6
 * address as IPv4, host names in lower case without the trailing dot. Any other text
 * is returned in lower case.
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
 * Parses an endpoint: a host name or IP address, with an optional port (default:
 * 50000). `https://host:port` is valid too, as in talosctl. Without a port it is not:
 * talosctl then uses 443, while most users mean 50000.
 */
export function parseEndpoint(text: string): Parsed<HostPort> {
  const expected = 'a host name or an IP address, with or without a port, such as 10.0.0.1 or [fd00::1]:50000';
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(text) ?? [];
  const split = splitHostPort(scheme === '' ? rest : rest.replace(/\/$/, ''));
  if (split === undefined) return refuse(expected, quote(text), hintFor(text));
  const { host, port } = split;
  if (scheme !== '' && (scheme.toLowerCase() !== 'https://' || port === undefined)) {
    const corrected = formatHostPort({ host, port: port ?? apidPort });
    return refuse(expected, quote(text), `leave out ${scheme} and name the port of the Talos API: ${corrected}`);
  }
  return ok({ host, port: port ?? apidPort });
}

/** Parses the address of Sidero Omni: a host name or an IP address, with or without `https://` and a port (default: 443). */
export function parseOmniEndpoint(text: string): Parsed<HostPort> {
  const split = splitHostPort(text.replace(/^https:\/\//i, '').replace(/\/$/, ''));
  return split === undefined
    ? refuse('the address of Sidero Omni, such as https://NAME.omni.siderolabs.io', quote(text), hintFor(text))
    : ok({ port: 443, ...split });
}

/**
 * Parses a node: a host name or IP address, normalized. It is sent in the metadata of
 * calls, and the apid of the endpoint always connects to port 50000: this port is
 * dropped, and any other is refused.
 */
export function parseNode(text: string): Parsed<string> {
  const expected = 'a host name or an IP address without a port, such as 10.0.0.1 or fd00::1';
  const split = splitHostPort(text);
  if (split === undefined) return refuse(expected, quote(text), hintFor(text));
  const { host, port = apidPort } = split;
  if (port === apidPort) return ok(host);
  return refuse(expected, quote(text), `leave out :${port}: the endpoint asks every node on port ${apidPort}`);
}

/** The normalized host and the port; undefined if the text is invalid. */
function splitHostPort(text: string): { readonly host: string; readonly port?: number } | undefined {
  // IPv6 without brackets first: its last colon does not start a port.
  if (isIPv6(text)) return { host: canonicalHost(text) };
  const [, v6, name, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = v6 ?? name;
  if (host === undefined || !(v6 === undefined ? isIPv4(host) || isHostName(host) : isIPv6(host))) return undefined;
  if (digits === undefined) return { host: canonicalHost(host) };
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { host: canonicalHost(host), port } : undefined;
}

/**
 * RFC 1123, and underscores, which some networks use. A name whose last label is a
 * number is a mistyped IPv4 address.
 */
function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  const wellFormed = labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
  return text.length <= 253 && wellFormed && !/^\d+$/.test(labels.at(-1) ?? '');
}

/** A hint for a common mistake. */
function hintFor(text: string): string | undefined {
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
