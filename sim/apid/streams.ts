/** The messages of several streams as they come. */
export async function* mergeStreams<T>(streams: readonly AsyncIterable<T>[]): AsyncIterable<T> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const step = async (index: number) => ({ index, result: await iterators[index]?.next() });
  const pending = new Map(iterators.map((_, index) => [index, step(index)]));
  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      if (result === undefined || result.done === true) {
        pending.delete(index);
      } else {
        pending.set(index, step(index));
        yield result.value;
      }
    }
  } finally {
    for (const iterator of iterators) void iterator.return?.();
  }
}

/** Made once: nobody reads it, and an error of its own, with its stack, cost a tenth of a call. */
const over = new Error('the call is over');

/** A signal that aborts with the other, and when it is told to. */
export function linkedController(signal: AbortSignal): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort(over);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    end() {
      signal.removeEventListener('abort', abort);
      controller.abort(over);
    },
  };
}
