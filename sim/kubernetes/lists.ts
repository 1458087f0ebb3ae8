import type { JsonObject } from '@bufbuild/protobuf';
import { namespace } from './objects/content.ts';
import { apiVersion } from './objects/kinds.ts';
import { objectJson, type StoredObject } from './objects/stored.ts';
import type { ResourcePath } from './routes.ts';
import { fieldSelector, labelSelector, type Selector } from './selectors.ts';
import type { ObjectStore } from './store.ts';

/** What the path and the query select; throws a SelectorError where a selector makes no sense. */
export function selectorOf(path: ResourcePath, query: URLSearchParams): Selector {
  const labels = labelSelector(query.get('labelSelector') ?? '');
  const fields = fieldSelector(query.get('fieldSelector') ?? '');
  const elsewhere = path.namespace !== undefined && path.namespace !== namespace;
  return (content) => !elsewhere && labels(content) && fields(content);
}

/** A list, or a page of it: `limit` and `continue`, the name after which it goes on. */
export function listJson(store: ObjectStore, path: ResourcePath, query: URLSearchParams): JsonObject {
  const selects = selectorOf(path, query);
  const after = Buffer.from(query.get('continue') ?? '', 'base64url').toString();
  const limit = Number(query.get('limit') ?? 0) || Number.POSITIVE_INFINITY;
  const left = store.list(path.kind).filter(({ content }) => selects(content) && content.name > after);
  const page = left.slice(0, limit);
  return {
    kind: `${path.kind.kind}List`,
    apiVersion: apiVersion(path.kind),
    metadata: { resourceVersion: String(store.version), ...more(page, left.length) },
    items: page.map((object) => objectJson(object, true)),
  };
}

function more(page: readonly StoredObject[], all: number): JsonObject {
  const last = page.at(-1);
  if (last === undefined || page.length === all) return {};
  return { continue: Buffer.from(last.content.name).toString('base64url'), remainingItemCount: all - page.length };
}
