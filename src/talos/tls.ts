import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, createSecureContext, type SecureContext } from 'node:tls';
import type { TalosContext } from '../credentials/talosconfig.ts';
import type { HostPort } from '../values/address.ts';

/**
 * The certificates of one context, read once and shared by all endpoints.
 * TLS 1.3 only: apid accepts nothing else.
 */
export function secureContext({ ca, crt, key }: TalosContext): SecureContext {
  return createSecureContext({
    minVersion: 'TLSv1.3',
    ...(ca !== undefined && { ca }),
    ...(crt !== undefined && { cert: crt }),
    ...(key !== undefined && { key }),
  });
}

/**
 * Starts mutual TLS with the endpoint on a connection that leads to it.
 *
 * The server name is sent because a load balancer may route by it; an IP address
 * must not be sent (RFC 6066). The certificate is checked against the host that the
 * user wrote, even with NODE_TLS_REJECT_UNAUTHORIZED=0: no other server may report a healthy cluster.
 */
export function secure(socket: Socket, context: SecureContext, { host }: HostPort): Promise<Socket> {
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
