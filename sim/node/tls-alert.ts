import { createCipheriv, createHmac, type X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';

/**
 * Node.js verifies a client certificate after the handshake and only closes the
 * connection. Talos, like every Go server, sends a TLS alert with the reason,
 * which clients report. This module writes the alert (RFC 8446, 5.2 and 7.3) as
 * the first record under the server's application key.
 */
export type AlertNumber = 45 | 48 | 116;

/** The one cipher suite of the simulated nodes, so that there is one way to encrypt the alert. */
export const cipherSuite = 'TLS_AES_128_GCM_SHA256';

/** Which alert a Go server would send, or nothing if the certificate will do. `now` is in epoch milliseconds. */
export function alertFor(
  client: X509Certificate | undefined,
  ca: X509Certificate,
  now: number,
): AlertNumber | undefined {
  if (client === undefined) return 116;
  if (!client.checkIssued(ca) || !client.verify(ca.publicKey)) return 48;
  const valid = Date.parse(client.validFrom) <= now && now <= Date.parse(client.validTo);
  return valid ? undefined : 45;
}

/** Ends the connection with a fatal alert. `secret` is the server's traffic secret from the key log. */
export function sendAlert(raw: Socket, secret: Buffer, alert: AlertNumber): void {
  const fatal = 2;
  const alertType = 21;
  const content = Buffer.from([fatal, alert, alertType]);
  const header = Buffer.from([23, 3, 3, 0, content.length + 16]);
  const cipher = createCipheriv('aes-128-gcm', expand(secret, 'key', 16), expand(secret, 'iv', 12));
  cipher.setAAD(header);
  raw.write(Buffer.concat([header, cipher.update(content), cipher.final(), cipher.getAuthTag()]));
  raw.destroySoon();
}

/** The server's traffic secret, if the line of the key log holds it. */
export function trafficSecret(line: Buffer): Buffer | undefined {
  const [label, , secret] = line.toString('latin1').trim().split(' ');
  return label === 'SERVER_TRAFFIC_SECRET_0' && secret !== undefined ? Buffer.from(secret, 'hex') : undefined;
}

/** HKDF-Expand-Label for lengths of at most one hash. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const full = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, full.length]), full, Buffer.from([0])]);
  return createHmac('sha256', secret)
    .update(info)
    .update(Buffer.from([1]))
    .digest()
    .subarray(0, length);
}
