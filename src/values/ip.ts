import { isIPv4, isIPv6 } from 'node:net';
import { canonicalHost } from './address.ts';

const groups = 8;

/** Formats the bytes of `NetIP.ip` of Talos: 4 bytes, or 16 with an optional zone after them. Throws on any other length. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) {
    return bytes.join('.');
  }
  if (bytes.length < 16) {
    throw new Error(`an IP address has 4 or 16 bytes, not ${bytes.length}`);
  }
  const view = Buffer.from(bytes);
  const hex = Array.from({ length: groups }, (_, index) => view.readUInt16BE(2 * index).toString(16));
  const address = canonicalHost(hex.join(':'));
  return bytes.length > 16 ? `${address}%${view.toString('utf8', 16)}` : address;
}

/** The bytes of an IP address. Throws if the text is not one. */
export function parseIp(address: string): Uint8Array {
  if (isIPv4(address)) {
    return Uint8Array.from(address.split('.').map(Number));
  }
  if (!isIPv6(address) || address.includes('.')) {
    throw new Error('not an IP address');
  }
  const [head = '', tail = ''] = address.replace(/%.*$/, '').split('::');
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [front, back] = [parse(head), parse(tail)];
  const all = [...front, ...Array<number>(groups - front.length - back.length).fill(0), ...back];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]));
}
