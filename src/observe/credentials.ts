import type { Credentials } from '../credentials/credentials.ts';
import { certificateInfo } from '../talos/grpc/certificate.ts';
import type { CredentialsInfo } from './snapshot.ts';

/** The attributes of the credentials, without key material. */
export function credentialsInfo(credentials: Credentials): CredentialsInfo {
  if (credentials.kind === 'certificate') {
    const { crt, unused } = credentials;
    return { ...certificateInfo(crt), ...(unused !== undefined && { unused }) };
  }
  const { account, cluster } = credentials;
  return {
    roles: [],
    notBefore: account.createdAt,
    ...(account.expiresAt !== undefined && { notAfter: account.expiresAt }),
    account: { name: account.name, cluster },
  };
}
