import type { TLSSocket } from 'node:tls';
import type { Validity } from '../values/validity.ts';

/** Of the certificate that the server has shown; undefined if there is none. */
export function serverValidity(socket: TLSSocket): Validity | undefined {
  // Without a certificate Node gives an empty object.
  const { valid_from, valid_to }: Partial<ReturnType<TLSSocket['getPeerCertificate']>> = socket.getPeerCertificate();
  return valid_from === undefined || valid_to === undefined
    ? undefined
    : { notBefore: Date.parse(valid_from), notAfter: Date.parse(valid_to) };
}
