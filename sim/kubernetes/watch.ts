import type { World } from '../world.ts';
import { failure } from './answers.ts';
import { selectorOf } from './lists.ts';
import { objectJson } from './objects/stored.ts';
import type { KubernetesObjects } from './objects.ts';
import type { ApiRequest, ApiResponse } from './request.ts';
import type { ResourcePath } from './routes.ts';
import type { Selector } from './selectors.ts';
import type { ObjectChange } from './store.ts';

/**
 * Streams what happens to the objects that are selected, one JSON object a
 * line: from a version on, or beginning with what is. Ends after
 * `timeoutSeconds`, or with an error event where the past is forgotten.
 */
export async function serveWatch(
  world: World,
  objects: KubernetesObjects,
  path: ResourcePath,
  { query, signal }: ApiRequest,
  response: ApiResponse,
): Promise<void> {
  const selects = selectorOf(path, query);
  const { store } = objects;
  const from = Number(query.get('resourceVersion') ?? 0);
  const timeout = Number(query.get('timeoutSeconds') ?? 0) * 1000;
  const tell = (changes: readonly ObjectChange[]) => {
    for (const change of changes) for (const event of eventsFor(change, selects)) response.write(line(event));
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders?.();
  if (from === 0) tell(store.list(path.kind).map((object): ObjectChange => ({ type: 'ADDED', object })));
  else tell(from < store.forgotten ? [] : store.since(path.kind, from));
  const lost = () => world.state.kubernetes.forgetful || from < store.forgotten;
  const stop = objects.watch((changes) => tell(changes.filter(({ object }) => object.content.kind === path.kind)));
  const ended = new AbortController();
  const end = AbortSignal.any([signal, ended.signal]);
  try {
    const forgotten = from === 0 ? never(end) : world.until(lost, end);
    await Promise.race([forgotten, timeout > 0 ? world.sleep(timeout, end) : never(end)]);
    if (from > 0 && lost() && !signal.aborted) {
      const message = `too old resource version: ${from} (${store.version})`;
      response.write(line({ type: 'ERROR', object: failure(410, message) }));
    }
  } finally {
    ended.abort();
    stop();
    response.end('');
  }
}

/** For a selector, an object that no longer matches is deleted, and one that begins to match is added. */
function eventsFor(
  { type, object, previous }: ObjectChange,
  selects: Selector,
): readonly { type: string; object: unknown }[] {
  const was = previous !== undefined && selects(previous.content);
  const is = type !== 'DELETED' && selects(object.content);
  if (!was && !is) return [];
  const seen = was && is ? 'MODIFIED' : is ? 'ADDED' : 'DELETED';
  return [{ type: seen, object: objectJson(object, false) }];
}

function line(event: { readonly type: string; readonly object: unknown }): string {
  return `${JSON.stringify(event)}\n`;
}

function never(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
