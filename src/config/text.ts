import { looksSecret } from './problem.ts';

/** Whether a text is a talosconfig, or something else of that kind, rather than a name of it. */
export function looksLikeDocument(text: string): boolean {
  return /:(\s|$)/.test(text) || /^\s*[{[<]/.test(text) || text.includes('-----BEGIN');
}

/** The document in base64, which may be wrapped into lines; undefined if the text is no base64 of a document. */
export function unwrapBase64(text: string): string | undefined {
  const base64 = text.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(base64)) return undefined;
  const document = decodeUtf8(Buffer.from(base64, 'base64'));
  return document !== undefined && looksLikeDocument(document) ? document : undefined;
}

/** UTF-8 as text, without its byte order mark; undefined if the bytes are something else. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
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
