import { isUtf8 } from 'node:buffer';
import { mostCharacters } from './bounds.ts';
import { looksSecret } from './problem.ts';

/** Whether a text is a talosconfig, or something else of that kind, rather than a name of it. */
export function looksLikeDocument(text: string): boolean {
  return /:(\s|$)/.test(text) || /^\s*[{[<]/.test(text) || text.includes('-----BEGIN');
}

/** The document in base64, which may be wrapped into lines, compressed and encoded again; undefined if there is none. */
export function unwrapBase64(text: string, layers = 3): string | undefined {
  const base64 = text.replace(/\s/g, '');
  if (layers === 0 || !/^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(base64)) return undefined;
  const document = decodeText(gunzip(Buffer.from(base64, 'base64')));
  if (document === undefined) return undefined;
  return looksLikeDocument(document) ? document : unwrapBase64(document, layers - 1);
}

/** What is compressed, if it is, and is no larger than what is read. */
export function gunzip(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    // Loaded only here: hardly anybody compresses a configuration.
    return process.getBuiltinModule('node:zlib').gunzipSync(bytes, { maxOutputLength: mostCharacters });
  } catch {
    return bytes;
  }
}

/** UTF-8, or UTF-16 as PowerShell writes it, as text without its byte order mark; undefined if the bytes are something else. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const text = utf16Of(bytes) ?? (isUtf8(bytes) ? new TextDecoder().decode(bytes) : undefined);
  return text === undefined || text.includes('\0') ? undefined : text;
}

/** Without its mark it is known by the first character of any configuration, which is ASCII. */
function utf16Of(bytes: Uint8Array): string | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  const little = (first === 0xff && second === 0xfe) || (first > 0 && second === 0 && third > 0 && fourth === 0);
  const big = (first === 0xfe && second === 0xff) || (first === 0 && second > 0 && third === 0 && fourth > 0);
  return bytes.length < 2 || (!little && !big) || bytes.length % 2 !== 0
    ? undefined
    : new TextDecoder(little ? 'utf-16le' : 'utf-16be').decode(bytes);
}

/**
 * Whether a text may be shown as a path. A mangled talosconfig that is taken
 * for a path must never be: it is long, or of several lines, or holds a run of base64.
 */
export function looksLikePath(text: string): boolean {
  return (
    text.length <= 200 && /^[\p{L}\p{N}_./\\~:@ +,()-]+$/u.test(text) && !looksLikeDocument(text) && !looksSecret(text)
  );
}
