import { StatusError } from '../status.ts';
import type { Accounts, OmniRole } from './accounts.ts';
import { verifySignature } from './openpgp/signature.ts';

/** A call as Omni authenticates it. */
export interface SignedCall {
  /** Such as `/machine.MachineService/Version`. */
  readonly path: string;
  /** The value of a header; several are joined with `, `, as Node joins them. */
  header(name: string): string | undefined;
}

/**
 * The headers that the signed payload has to repeat. A payload with
 * `fieldSelectors` is never accepted: HTTP/2 names headers in lower case, and
 * Omni compares with the name as it stands here.
 */
const covered = [
  'x-sidero-timestamp',
  'nodes',
  'selectors',
  'fieldSelectors',
  'runtime',
  'context',
  'cluster',
  'namespace',
  'uid',
  'authorization',
];

/** Seconds that the clocks of Omni and of the caller may differ. */
const allowedSkew = 300;

/** gopenpgp checks a signature again for this many seconds later, so that a clock that is ahead does no harm. */
const signatureSkew = 300;

/**
 * The role of the service account that signed the call.
 *
 * @param now epoch seconds
 * @throws StatusError UNAUTHENTICATED; it does not say what is wrong with a signature, as Omni does not
 */
export function authenticate(call: SignedCall, accounts: Accounts, now: number): OmniRole {
  const signature = call.header('x-sidero-signature');
  if (signature === undefined) throw unauthenticated('unauthenticated: missing valid signature');
  const [version, , fingerprint = '', encoded = ''] = signature.split(' ');
  const account = accounts.find(fingerprint);
  const payload = call.header('x-sidero-payload') ?? '';
  const bytes = Buffer.from(encoded, 'base64');
  const valid =
    version === 'siderov1' &&
    account !== undefined &&
    isRecent(call.header('x-sidero-timestamp'), now) &&
    repeats(call, payload) &&
    verifySignature(account.key, Buffer.from(payload), bytes, now + signatureSkew) === undefined;
  if (!valid) throw unauthenticated('invalid signature');
  return account.role;
}

function isRecent(timestamp: string | undefined, now: number): boolean {
  return timestamp !== undefined && /^\d+$/.test(timestamp) && Math.abs(Number(timestamp) - now) <= allowedSkew;
}

/** Whether the payload is of this call: its method, and of each header the same values or none. */
function repeats(call: SignedCall, payload: string): boolean {
  const { headers = {}, method } = parse(payload);
  if (method !== call.path) return false;
  return covered.every((name) => {
    const values = headers[name] ?? undefined;
    const received = name === 'fieldSelectors' ? undefined : call.header(name);
    if (values === undefined || received === undefined) return values === received;
    return values.length > 0 && values.join(', ') === received;
  });
}

interface Payload {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, readonly string[] | null>>;
}

function parse(payload: string): Payload {
  try {
    return JSON.parse(payload) ?? {};
  } catch {
    return {};
  }
}

function unauthenticated(message: string): StatusError {
  return new StatusError('UNAUTHENTICATED', message);
}
