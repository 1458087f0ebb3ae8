import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Identity } from '../pki/authority.ts';
import { privateKeyPem } from '../pki/certificate.ts';
import { alertFor, cipherSuite, sendAlert, trafficSecret } from './tls-alert.ts';

export interface SecureOptions {
  readonly identity: Identity;
  /** PEM of the authority of clients; absent where anybody may come, as in maintenance mode. */
  readonly clientCa?: string;
  /** Epoch milliseconds: when certificates are looked at. */
  now(): number;
}

/**
 * The TLS of apid: 1.3 only, HTTP/2, and a client certificate. It does not
 * listen: the result takes connections, and `accept` gets those that may talk.
 */
export function secure(
  { identity, clientCa, now }: SecureOptions,
  accept: (socket: TLSSocket) => void,
): (raw: Socket) => void {
  const ca = clientCa === undefined ? undefined : new X509Certificate(clientCa);
  const secrets = new WeakMap<TLSSocket, Buffer>();
  const raws = new Map<string, Socket>();
  const server = createServer({
    cert: identity.certificate,
    key: privateKeyPem(identity.privateKey, 'PRIVATE KEY'),
    minVersion: 'TLSv1.3',
    ciphers: cipherSuite,
    ALPNProtocols: ['h2'],
    // an authority given here would travel with the server's certificate, which Talos does not do
    ca: [],
    requestCert: ca !== undefined,
    rejectUnauthorized: false,
  });
  server.on('keylog', (line, socket) => {
    const secret = trafficSecret(line);
    if (secret !== undefined) secrets.set(socket, secret);
  });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy());
    const alert = ca === undefined ? undefined : alertFor(socket.getPeerX509Certificate(), ca, now());
    if (alert === undefined) {
      socket.authorized = true;
      accept(socket);
      return;
    }
    const raw = raws.get(peer(socket));
    const secret = secrets.get(socket);
    if (raw === undefined || secret === undefined) socket.destroy();
    else sendAlert(raw, secret, alert);
  });
  return (raw) => {
    const key = peer(raw);
    raws.set(key, raw);
    raw.once('close', () => raws.delete(key));
    server.emit('connection', raw);
  };
}

/** The client's end tells connections apart, whichever layer is asked. */
export function peer(socket: Socket): string {
  return `${socket.remoteAddress}:${socket.remotePort}`;
}
