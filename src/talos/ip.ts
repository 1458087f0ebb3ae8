import ipaddr from 'ipaddr.js';

/** `NetIP.ip` as text: 4 or 16 bytes; a zone may follow 16. Throws on any other length. */
export function formatIp(bytes: Uint8Array): string {
  const length = bytes.length > 16 ? 16 : bytes.length;
  const address = ipaddr.fromByteArray([...bytes.subarray(0, length)]).toString();
  return bytes.length > 16 ? `${address}%${Buffer.from(bytes.subarray(16)).toString('utf8')}` : address;
}

/** The bytes of an address in text. Throws on anything else. */
export function parseIp(address: string): Uint8Array {
  return Uint8Array.from(ipaddr.parse(address).toByteArray());
}
