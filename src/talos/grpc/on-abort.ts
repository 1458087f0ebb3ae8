const listening = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when the signal aborts. The result removes the callback.
 *
 * A signal compares each listener that is added or removed with all others, and
 * hundreds of calls share a signal. One listener for all of them takes 6 % off
 * a healthy verdict at 100 nodes.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const callbacks = listening.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

function listen(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  listening.set(signal, callbacks);
  signal.addEventListener(
    'abort',
    () => {
      for (const callback of callbacks) {
        callback();
      }
    },
    { once: true },
  );
  return callbacks;
}
