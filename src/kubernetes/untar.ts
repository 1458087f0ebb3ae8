import { gunzipSync } from 'node:zlib';

const block = 512;

/** Decompressed bytes. A kubeconfig has a few thousand; gzip can expand a thousandfold. */
const maxBytes = 1024 * 1024;

function field(header: Buffer, start: number, length: number): string {
  const text = header.toString('latin1', start, start + length);
  return text.replace(/\0.*$/s, '').trim();
}

/**
 * The file `kubeconfig` in a tar.gz of the Talos API: ustar, usually with a
 * single file, and without the padding and the end-of-archive blocks.
 *
 * @throws {Error} if the archive is invalid; the message contains none of its content
 */
export function kubeconfigIn(archive: Uint8Array): string {
  let tar: Buffer;
  try {
    tar = gunzipSync(archive, { maxOutputLength: maxBytes });
  } catch {
    throw new Error(`the kubeconfig came as ${archive.length} bytes that are no gzip of at most 1 MiB`);
  }
  for (let at = 0; at + block <= tar.length; ) {
    const header = tar.subarray(at, at + block);
    const digits = field(header, 124, 12);
    if (!/^[0-7]+$/.test(digits)) {
      break;
    }
    const size = Number.parseInt(digits, 8);
    const start = at + block;
    if (field(header, 0, 100).replace(/^\.?\//, '') === 'kubeconfig') {
      if (start + size > tar.length) {
        throw new Error(`the kubeconfig is cut off: ${tar.length - start} of ${size} bytes came`);
      }
      return tar.toString('utf8', start, start + size);
    }
    at = start + Math.ceil(size / block) * block;
  }
  throw new Error('the archive holds no file "kubeconfig"');
}
