import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, type SecureContext } from 'node:tls';
import { CallCredentials } from '@grpc/grpc-js/build/src/call-credentials.js';
import type { SecureConnector } from '@grpc/grpc-js/build/src/channel-credentials.js';
import type { ProxyServer } from '../net/proxy.ts';
import { openTunnel } from '../net/tunnel.ts';
import type { HostPort } from '../values/address.ts';

/**
 * Secures a TCP connection for gRPC: mutual TLS with the endpoint, straight or
 * through the proxy that the connection is to. gRPC's own way through a proxy
 * knows neither TLS nor SOCKS nor IPv6, and loses the reason where it fails.
 */
export function secureConnector(secure: SecureContext, endpoint: HostPort, proxy?: ProxyServer): SecureConnector {
  return {
    connect: async (socket) => {
      const way = proxy === undefined ? socket : await openTunnel({ socket, proxy, target: endpoint });
      return { socket: await encrypt(way, secure, endpoint), secure: true };
    },
    waitForReady: async () => undefined,
    getCallCredentials: () => CallCredentials.createEmpty(),
    destroy: () => undefined,
  };
}

/**
 * A load balancer may route by the server name; an IP address is none (RFC 6066).
 * The certificate is checked against what the user wrote, whatever
 * NODE_TLS_REJECT_UNAUTHORIZED says: nobody but the cluster may call itself healthy.
 */
function encrypt(socket: Socket, secureContext: SecureContext, { host }: HostPort): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secured = connect(
      {
        socket,
        secureContext,
        ALPNProtocols: ['h2'],
        rejectUnauthorized: true,
        ...(isIP(host) === 0 && { servername: host }),
        checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
      },
      () => resolve(secured),
    );
    let isApiServer = false;
    // Ahead of the verification, which ends the connection and takes the certificate along.
    secured.prependOnceListener('secure', () => {
      isApiServer = secured.getPeerCertificate().subject?.CN === 'kube-apiserver';
    });
    secured.on('error', (error) => reject(isApiServer ? new Error('a kube-apiserver answers there') : error));
    secured.once('close', () => reject(new Error('Connection dropped')));
  });
}
