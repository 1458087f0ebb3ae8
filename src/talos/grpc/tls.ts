import { isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type SecureContextOptions,
  type TLSSocket,
} from 'node:tls';
import type { Credentials } from '../../credentials/credentials.ts';
import type { HostPort } from '../../values/address.ts';

/** Certificates of one context, read when they are first needed. */
export type TrustedContext = () => SecureContext;

/**
 * The certificates of one context, shared by all endpoints, in the order in which they are tried. apid
 * accepts nothing but TLS 1.3; in front of Omni there may be a proxy with TLS 1.2. The authorities of
 * the operating system, which talosctl trusts, are hundreds: they are read only if it takes them.
 */
export function trustedContexts(credentials: Credentials): readonly [TrustedContext, ...TrustedContext[]] {
  if (credentials.kind === 'certificate') {
    const { ca, crt, key } = credentials;
    return [once({ minVersion: 'TLSv1.3', ca, cert: crt, key })];
  }
  const { ca } = credentials;
  const minVersion = 'TLSv1.2';
  // Without a CA, those of Node and of NODE_EXTRA_CA_CERTS.
  return [once({ minVersion, ...(ca !== undefined && { ca }) }), once(() => ({ minVersion, ca: authorities(ca) }))];
}

function once(options: SecureContextOptions | (() => SecureContextOptions)): TrustedContext {
  let context: SecureContext | undefined;
  return () => {
    context ??= createSecureContext(typeof options === 'function' ? options() : options);
    return context;
  };
}

/** Those of Node, of NODE_EXTRA_CA_CERTS, of the operating system, and the given one. */
function authorities(given: string | undefined): string[] {
  const known = new Set([...getCACertificates('default'), ...getCACertificates('system')]);
  return [...known, ...(given === undefined ? [] : [given])];
}

/**
 * Starts TLS with the endpoint on a connection that leads to it.
 *
 * The server name is sent because a load balancer may route by it; an IP address
 * must not be sent (RFC 6066). The certificate is checked against the host that the
 * user wrote, even with NODE_TLS_REJECT_UNAUTHORIZED=0: no other server may report a healthy cluster.
 */
export function secure(socket: Socket, context: SecureContext, { host }: HostPort): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connect(
      {
        socket,
        secureContext: context,
        ALPNProtocols: ['h2'],
        rejectUnauthorized: true,
        ...(isIP(host) === 0 && { servername: host }),
        checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
      },
      () => resolve(secured),
    );
    let isApiServer = false;
    // Prepended: verification closes the connection, after which the certificate cannot be read.
    secured.prependOnceListener('secure', () => {
      isApiServer = secured.getPeerCertificate().subject?.CN === 'kube-apiserver';
    });
    secured.on('error', (error) => reject(isApiServer ? new Error('a kube-apiserver answers there') : error));
    secured.once('close', () => reject(new Error('Connection dropped')));
  });
}
