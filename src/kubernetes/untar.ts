import { gunzipSync } from 'node:zlib';

const block = 512;

/** Bytes, unpacked: a kubeconfig has a few thousand, and a packed megabyte can hold a thousand times as many. */
const longest = 1024 * 1024;

function field(header: Buffer, start: number, length: number): string {
  const text = header.toString('latin1', start, start + length);
  return text.replace(/\0.*$/s, '').trim();
}

/**
 * The text of the file `kubeconfig` in a tar.gz, as the Talos API sends it:
 * ustar, mostly of one file, and without the padding and the blocks at the end
 * that an archive should have.
 *
 * @throws {Error} with what is wrong; no message holds any of the content
 */
export function kubeconfigIn(archive: Uint8Array): string {
  let tar: Buffer;
  try {
    tar = gunzipSync(archive, { maxOutputLength: longest });
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
