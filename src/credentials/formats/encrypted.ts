import type { Form } from './form.ts';

const before = 'decrypt it in a step before this one, and pass what comes out';

const startsWith =
  (...heads: readonly string[]): NonNullable<Form['recognize']> =>
  ({ text }) =>
    heads.some((head) => text.startsWith(head));

/** Encrypted files. */
export const encrypted: readonly Form[] = [
  {
    id: 'sops',
    name: 'a file that SOPS has encrypted',
    recognize: ({ text }) => text.includes('ENC[AES256_GCM,'),
    advice: `${before}: sops -d FILE`,
  },
  {
    id: 'age',
    name: 'a file that age has encrypted',
    recognize: startsWith('-----BEGIN AGE ENCRYPTED FILE-----', 'age-encryption.org/v1'),
    advice: `${before}: age -d -i KEY FILE`,
  },
  {
    id: 'ansible-vault',
    name: 'a file that Ansible Vault has encrypted',
    recognize: ({ text }) => /(^|\s)\$ANSIBLE_VAULT;/.test(text),
    advice: `${before}: ansible-vault view FILE`,
  },
  {
    id: 'git-crypt',
    name: 'a file that git-crypt has encrypted',
    recognize: startsWith('\0GITCRYPT\0'),
    advice: 'unlock the repository in a step before this one: git-crypt unlock KEY',
  },
  {
    id: 'pgp',
    name: 'a message that GnuPG has encrypted',
    recognize: startsWith('-----BEGIN PGP MESSAGE-----'),
    advice: `${before}: gpg --decrypt FILE`,
  },
  {
    id: 'openssl',
    name: 'a file that openssl has encrypted',
    recognize: startsWith('Salted__', 'U2FsdGVkX1'),
    advice: `${before}: openssl enc -d`,
  },
  {
    id: 'sealed-secret',
    name: 'a SealedSecret',
    recognize: ({ root }) => root?.get('kind') === 'SealedSecret',
    advice: 'only its controller can decrypt it; read the Secret that it made: kubectl get secret NAME -o yaml',
  },
  {
    id: 'git-lfs',
    name: 'a pointer of Git LFS',
    recognize: startsWith('version https://git-lfs.github.com/spec/'),
    advice: 'fetch the file itself: git lfs pull, or lfs: true at the step actions/checkout',
  },
  {
    id: 'binary',
    name: 'a file that is not text',
    recognize: ({ text }) => /[\p{Cc}--[\t\n\f\r\x85]]/v.test(text),
    advice: 'pass the file that talosctl wrote, or base64 of it',
  },
];
