import { generateKeyPairSync } from 'node:crypto';

// The library's container asks for decorator metadata that no class here has; this spares the package reflect-metadata.
Object.assign(Reflect, {
  getMetadata: () => undefined,
  getOwnMetadata: () => undefined,
  defineMetadata: () => undefined,
});
const x509 = await import('@peculiar/x509');

/** PEM texts as Talos writes them: the key under the header `ED25519 PRIVATE KEY`. */
export interface Identity {
  readonly ca: string;
  readonly crt: string;
  readonly key: string;
}

export async function createIdentity(notAfter = new Date('2100-01-01')): Promise<Identity> {
  const authority = ed25519();
  const client = ed25519();
  const notBefore = new Date('2020-01-01');
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'O=talos',
    keys: authority,
    notBefore,
    notAfter: new Date('2100-01-01'),
    extensions: [new x509.BasicConstraintsExtension(true)],
  });
  const crt = await x509.X509CertificateGenerator.create({
    subject: 'O=os:reader',
    issuer: ca.subject,
    publicKey: client.publicKey,
    signingKey: authority.privateKey,
    notBefore,
    notAfter,
  });
  return {
    ca: `${ca.toString('pem')}\n`,
    crt: `${crt.toString('pem')}\n`,
    key: client.pkcs8.replaceAll('PRIVATE KEY', 'ED25519 PRIVATE KEY'),
  };
}

function ed25519() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    pkcs8: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey: privateKey.toCryptoKey('Ed25519', true, ['sign']),
    publicKey: publicKey.toCryptoKey('Ed25519', true, ['verify']),
  };
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A talosconfig of one context `prod`; fields may be replaced by other YAML, or left out with `undefined`. */
export function talosconfig(identity: Identity, fields: Readonly<Record<string, string | undefined>> = {}): string {
  const all = {
    endpoints: '[10.0.0.1, 10.0.0.2]',
    ca: base64(identity.ca),
    crt: base64(identity.crt),
    key: base64(identity.key),
    ...fields,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`    ${name}: ${value}`]));
  return ['context: prod', 'contexts:', '  prod:', ...lines, ''].join('\n');
}
