/**
 * Made once by GnuPG 2.2.40, with a key of its own: `gpg --quick-generate-key 'ci (vectors) <ci@example.com>' ed25519 sign`
 * and `gpg --detach-sign`. Key and signatures are of 2026-01-01T00:00:00Z, unless said otherwise.
 */
export const createdAt = 1_767_225_600;

export const fingerprint = '27e0844f5237c004c05e0ab8602ddefb2c29b465';

export const data = Buffer.from(
  '{"headers":{"x-sidero-timestamp":["1767225600"],"runtime":["Talos"],"context":["demo"]},"method":"/machine.MachineService/Version"}',
);

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

/** Primary key, user id and its certification. */
export const publicKey = bytes(
  'mDMEaVW5ABYJKwYBBAHaRw8BAQdAZIe3rW6NYM/Uk8tiVHjpfhM6cUl5Xrx31HsEne6W3ZO0HWNpICh2ZWN0b3JzKSA8Y2lAZXhhbXBsZS5jb20+iJAEExYIADgWIQQn4IRPUjfABMBeCrhgLd77LCm0ZQUCaVW5AAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRBgLd77LCm0ZSNxAP9hJuFWWRxunbYNxOAWX1WnWDlYpmeN5kDJPcKC+5ApmgEAlBkFmYrThN8NHmokSbP8OUX3qXoaoAmkykOmcDyDkQ0=',
);

export const signatures = {
  sha512: bytes(
    'iHUEABYKAB0WIQQn4IRPUjfABMBeCrhgLd77LCm0ZQUCaVW5AAAKCRBgLd77LCm0ZTWJAP0Rz4I8B7EQT4SW2XnOqWl9jsZkbbFqgGLKO9yz8GCLkAD+OLikHDwJY7r8Q1UtEP8YHWgBookIDbYHGZl1j9Q+KA0=',
  ),
  sha256: bytes(
    'iHUEABYIAB0WIQQn4IRPUjfABMBeCrhgLd77LCm0ZQUCaVW5AAAKCRBgLd77LCm0ZT5UAQDySUZCjos/oXDqTD1m0JB+i2HMl3r+cTYwW2f8Ul0LmgEA/Bkvb80Njn0yfCYrp0KgXSQC67rzbOMCXGHlu/hZ1Ac=',
  ),
  /** Of text, with its line breaks made equal. */
  text: bytes(
    'iHUEARYIAB0WIQQn4IRPUjfABMBeCrhgLd77LCm0ZQUCaVW5AAAKCRBgLd77LCm0Zd3WAQDG86h3axMcvnXh/5tDUVfTm1t/w6YamG1dpSaV33nxPQEAtGl1RY6bLNYFtDRCVpeLkuvb9PAxRcrLJgLERpg4gQ8=',
  ),
  /** Expires after a day. */
  oneDay: bytes(
    'iHsEABYIACMWIQQn4IRPUjfABMBeCrhgLd77LCm0ZQUCaVW5AAWDAAFRgAAKCRBgLd77LCm0ZdvKAQCXpi4OjJrBwOG6iXh9t9yWCch4ZqpkU5yIVM2E+H6A7AD/aEzAMw9XuRAlkgtWauEApVNV4sSVVv6l7/zqvGFSNAQ=',
  ),
  /** Of 2026-01-27T10:22:34Z. The first of its two numbers has 31 bytes. */
  short: bytes(
    'iHQEABYKAB0WIQQn4IRPUjfABMBeCrhgLd77LCm0ZQUCaXiR6gAKCRBgLd77LCm0ZcHXAPUXtGP1NVADQrKKEKh/Obg6ey7Kcfl4tHJnKb9bsQ+AAP9xeoW46XujnuadgYPjuGaAhgwHCMUIapIwwMpQwpW3Bg==',
  ),
} as const;
