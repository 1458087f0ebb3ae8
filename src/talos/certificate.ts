import { X509Certificate } from 'node:crypto';

/** What the client certificate says of itself; no key material. */
export interface CertificateInfo {
  /** Organizations of the subject, such as `os:reader`. */
  readonly roles: readonly string[];
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** @param crt PEM, already known to parse. */
export function certificateInfo(crt: string): CertificateInfo {
  const certificate = new X509Certificate(crt);
  // Node has no subject at all where the certificate's is empty.
  const subject: string | undefined = certificate.subject;
  const roles = (subject ?? '')
    .split('\n')
    .filter((line) => line.startsWith('O='))
    .map((line) => line.slice('O='.length));
  return { roles, notBefore: Date.parse(certificate.validFrom), notAfter: Date.parse(certificate.validTo) };
}
