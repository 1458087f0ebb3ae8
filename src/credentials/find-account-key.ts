import type { LocateIo } from './find-config.ts';
import { secretsOfInput } from './secrets.ts';

/** A service account key, and its source for messages. */
export interface FoundKey {
  readonly text: string;
  readonly source: string;
}

/** In the order of talosctl. */
export const accountVariables = ['SIDERO_SERVICE_ACCOUNT_KEY', 'OMNI_SERVICE_ACCOUNT_KEY'] as const;

/** The service account key of the input, else of the environment. It is masked. */
export function findAccountKey(input: string, { env, mask }: Pick<LocateIo, 'env' | 'mask'>): FoundKey | undefined {
  const found = [
    { text: input, source: 'the input' },
    ...accountVariables.map((name) => ({ text: env[name] ?? '', source: `the environment variable ${name}` })),
  ].find(({ text }) => text.trim() !== '');
  if (found !== undefined) mask(() => secretsOfInput(found.text));
  return found;
}
