import type { IncomingMessage } from 'node:http';
import { type Fields, isFields } from './decode.ts';
import type { Trouble } from './model.ts';

/** An event of a watch: a change, a bookmark, or the error that ends the watch. */
export type WatchEvent =
  | { readonly type: 'changed' | 'deleted'; readonly object: Fields }
  | { readonly type: 'bookmark'; readonly object: Fields }
  | { readonly type: 'broken'; readonly trouble: Trouble };

/** Characters of one event, above the size of any Kubernetes object. */
const maxLineLength = 8 * 1024 * 1024;

const broken = (code: string, message: string): WatchEvent => ({
  type: 'broken',
  trouble: { kind: 'malformed', code, message },
});

/** Parses one line of a watch. An invalid line ends the watch: the next list returns the current objects. */
export function parseEvent(line: string): WatchEvent {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return broken('MALFORMED', 'an event that is no JSON');
  }
  const object = isFields(event) ? event['object'] : undefined;
  if (!isFields(event) || !isFields(object)) {
    return broken('MALFORMED', 'an event without an object');
  }
  switch (event['type']) {
    case 'ADDED':
    case 'MODIFIED':
      return { type: 'changed', object };
    case 'DELETED':
      return { type: 'deleted', object };
    case 'BOOKMARK':
      return { type: 'bookmark', object };
    case 'ERROR':
      return broken(`HTTP ${String(object['code'])}`, 'the server ended the watch');
    default:
      return broken('MALFORMED', 'an event of an unknown type');
  }
}

/** The events of a watch, until the response ends. */
export async function* events(response: IncomingMessage): AsyncGenerator<WatchEvent, void, undefined> {
  response.setEncoding('utf8');
  // Parts of an incomplete line, joined only once.
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of response) {
    const [first = '', ...others] = String(chunk).split('\n');
    parts.push(first);
    length += first.length;
    for (const next of others) {
      const line = parts.join('');
      parts = [next];
      length = next.length;
      if (line.trim() !== '') {
        yield parseEvent(line);
      }
    }
    if (length > maxLineLength) {
      yield broken('TOO_LONG', 'an event without end');
      return;
    }
  }
}
