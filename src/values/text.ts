import { isUtf8 } from 'node:buffer';
import { maxCharacters } from './bounds.ts';
import { looksSecret } from './problem.ts';

/** Whether a text is a configuration, such as a talosconfig, rather than the path of one. */
export function looksLikeDocument(text: string): boolean {
  return /:(\s|$)/.test(text) || /^\s*[{[<]/.test(text) || text.includes('-----BEGIN');
}

/** Decodes a document in base64, which may have line breaks, and be compressed or encoded more than once; undefined if there is none. */
export function unwrapBase64(text: string, layers = 3): string | undefined {
  const base64 = text.replace(/\s/g, '');
  if (layers === 0 || !/^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(base64)) return undefined;
  const document = decodeText(gunzip(Buffer.from(base64, 'base64')));
  if (document === undefined) return undefined;
  return looksLikeDocument(document) ? document : unwrapBase64(document, layers - 1);
}

/** Decompresses gzip. Returns other bytes unchanged, and gzip that is invalid or exceeds the limit. */
export function gunzip(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    // Loaded here, because few configurations are compressed.
    return process.getBuiltinModule('node:zlib').gunzipSync(bytes, { maxOutputLength: maxCharacters });
  } catch {
    return bytes;
  }
}

/** Decodes UTF-8, or UTF-16 as PowerShell writes it, without the byte order mark; undefined for anything else. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const text = utf16Of(bytes) ?? (isUtf8(bytes) ? new TextDecoder().decode(bytes) : undefined);
  return text === undefined || text.includes('\0') ? undefined : text;
}

/** Without a byte order mark, UTF-16 is detected by its first characters, which are ASCII in any configuration. */
function utf16Of(bytes: Uint8Array): string | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  const little = (first === 0xff && second === 0xfe) || (first > 0 && second === 0 && third > 0 && fourth === 0);
  const big = (first === 0xfe && second === 0xff) || (first === 0 && second > 0 && third === 0 && fourth > 0);
  return bytes.length < 2 || (!little && !big) || bytes.length % 2 !== 0
    ? undefined
    : new TextDecoder(little ? 'utf-16le' : 'utf-16be').decode(bytes);
}

/**
 * Whether a text can be shown as a path. It must not be a damaged talosconfig, which
 * is long, has several lines or contains base64.
 */
export function looksLikePath(text: string): boolean {
  return (
    text.length <= 200 && /^[\p{L}\p{N}_./\\~:@ +,()-]+$/u.test(text) && !looksLikeDocument(text) && !looksSecret(text)
  );
}
