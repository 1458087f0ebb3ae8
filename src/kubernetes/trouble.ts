import { type Err, err } from '../values/result.ts';
import type { Trouble } from './model.ts';

export function failed(kind: Trouble['kind'], code: string, message: string): Err<Trouble> {
  return err({ kind, code, message: message.replace(/\s+/g, ' ').trim() });
}

const kinds: readonly (readonly [RegExp, Trouble['kind']])[] = [
  [/^ECONNREFUSED$/, 'refused'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'no-route'],
  [/^(ENOTFOUND|EAI_)/, 'unresolved'],
  [/^ETIMEDOUT$/, 'timeout'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|HPE_)/, 'dropped'],
  [/^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_SIGNATURE|CERT_UNTRUSTED)/, 'wrong-ca'],
  [/^(CERT_|ERR_TLS_CERT)/, 'server-certificate'],
];

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return '';
  }
  // If connecting to several addresses failed, the first error represents all of them.
  const own = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return own === '' && error instanceof AggregateError ? codeOf(error.errors[0]) : own;
}

/** Classifies an error of the network or of TLS. */
export function troubleOf(error: unknown): Err<Trouble> {
  const code = codeOf(error);
  const message = error instanceof Error && error.message !== '' ? error.message : code;
  const kind = kinds.find(([pattern]) => pattern.test(code))?.[1] ?? 'other';
  return failed(kind, code === '' ? 'UNAVAILABLE' : code, message === '' ? 'no answer' : message);
}

/** The message of a Kubernetes `Status` object; empty if the body is not one. */
function statusMessage(body: string): string {
  try {
    const status: unknown = JSON.parse(body);
    return typeof status === 'object' && status !== null && 'message' in status && typeof status.message === 'string'
      ? status.message
      : '';
  } catch {
    return '';
  }
}

/** Classifies an HTTP response whose status is not 200. */
export function refusal(status: number, body: string): Err<Trouble> {
  const said = (statusMessage(body) || body).replace(/\s+/g, ' ').trim().slice(0, 300);
  const kind = status === 401 || status === 403 ? 'not-authorized' : status === 404 ? 'not-found' : 'unavailable';
  return failed(kind, `HTTP ${status}`, said === '' ? `it answers ${status}` : `it answers ${status}: ${said}`);
}
