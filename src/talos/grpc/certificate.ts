import { X509Certificate } from 'node:crypto';

/** The subject and the validity of the client certificate, without key material. */
export interface CertificateInfo {
  /** Organizations of the subject, such as `os:reader`. */
  readonly roles: readonly string[];
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** @param crt PEM, already validated. */
export function certificateInfo(crt: string): CertificateInfo {
  const certificate = new X509Certificate(crt);
  // If the subject of the certificate is empty, Node has none.
  const subject: string | undefined = certificate.subject;
  const roles = (subject ?? '')
    .split('\n')
    .filter((line) => line.startsWith('O='))
    .map((line) => line.slice('O='.length));
  return { roles, notBefore: Date.parse(certificate.validFrom), notAfter: Date.parse(certificate.validTo) };
}
