import { dump } from 'js-yaml';
import type { Identity } from './authority.ts';
import { privateKeyPem } from './certificate.ts';

export interface TalosconfigParts {
  readonly context: string;
  readonly endpoints: readonly string[];
  readonly nodes: readonly string[];
  /** PEM of the authority. */
  readonly ca: string;
  readonly identity: Identity;
}

/** A talosconfig as `talosctl` writes it. It holds the private key. */
export function writeTalosconfig({ context, endpoints, nodes, ca, identity }: TalosconfigParts): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return dump(
    {
      context,
      contexts: {
        [context]: {
          endpoints,
          ...(nodes.length === 0 ? {} : { nodes }),
          ca: base64(ca),
          crt: base64(identity.certificate),
          key: base64(privateKeyPem(identity.privateKey, 'ED25519 PRIVATE KEY')),
        },
      },
    },
    { indent: 4, lineWidth: -1 },
  );
}
