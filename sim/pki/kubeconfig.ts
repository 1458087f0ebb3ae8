import { gzipSync } from 'node:zlib';
import { dump } from 'js-yaml';
import type { Identity } from './authority.ts';
import { privateKeyPem } from './certificate.ts';

export interface KubeconfigParts {
  readonly cluster: string;
  /** URL of kube-apiserver. */
  readonly server: string;
  /** PEM of the Kubernetes authority. */
  readonly ca: string;
  readonly user: string;
  readonly credentials: Identity | { readonly token: string };
}

/** A kubeconfig with one context. It holds the private key, or the token. */
export function writeKubeconfig({ cluster, server, ca, user: name, credentials }: KubeconfigParts): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const user = `${name}@${cluster}`;
  return dump(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: cluster, cluster: { server, 'certificate-authority-data': base64(ca) } }],
      users: [
        {
          name: user,
          user:
            'token' in credentials
              ? { token: credentials.token }
              : {
                  'client-certificate-data': base64(credentials.certificate),
                  'client-key-data': base64(privateKeyPem(credentials.privateKey, 'PRIVATE KEY')),
                },
        },
      ],
      contexts: [{ name: user, context: { cluster, namespace: 'default', user } }],
      'current-context': user,
    },
    { lineWidth: -1 },
  );
}

/**
 * The form in which Talos sends it: a tar.gz with the one file `kubeconfig`,
 * and neither the padding after the file nor the blocks that end an archive.
 */
export function packKubeconfig(text: string, now: number): Uint8Array {
  const body = Buffer.from(text);
  return gzipSync(Buffer.concat([tarHeader('kubeconfig', body.length, now), body]));
}

/** A header of the ustar format. `now` is in epoch milliseconds. */
function tarHeader(name: string, size: number, now: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, width: number) => value.toString(8).padStart(width - 1, '0');
  header.write(name, 0);
  header.write(octal(0o600, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(Math.floor(now / 1000), 12), 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return header;
}
