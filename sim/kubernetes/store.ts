import type { Condition, ObjectContent } from './objects/content.ts';
import type { Kind } from './objects/kinds.ts';
import type { StoredObject } from './objects/stored.ts';

/** `previous` is what the object was before, if it was. */
export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: StoredObject;
  readonly previous?: StoredObject;
}

/** How many changes are kept for those who watch from an earlier version. */
const keptChanges = 1000;

/** Objects with one version counter. Each update compares the new state with the stored one. */
export class ObjectStore {
  /** A cluster that has been running is not at its first version. */
  #version = 1000;
  #forgotten = this.#version;
  #history: readonly ObjectChange[] = [];
  readonly #objects = new Map<string, StoredObject>();

  get version(): number {
    return this.#version;
  }

  /** The version up to which changes are forgotten. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Takes over the present state and tells what changed, in order. `now` is in epoch milliseconds. */
  update(contents: readonly ObjectContent[], now: number): readonly ObjectChange[] {
    const present = new Map(contents.map((content) => [key(content), content]));
    const gone = [...this.#objects].filter(([id]) => !present.has(id));
    const changes = [
      ...gone.map(([id, previous]): ObjectChange => {
        this.#objects.delete(id);
        return { type: 'DELETED', object: { ...previous, version: this.#next() }, previous };
      }),
      ...[...present.values()].flatMap((content) => this.#put(content, now)),
    ];
    const history = [...this.#history, ...changes];
    this.#history = history.slice(-keptChanges);
    this.#forgotten = history.at(-keptChanges - 1)?.object.version ?? this.#forgotten;
    return changes;
  }

  /** By name, as Kubernetes lists. */
  list(kind: Kind): readonly StoredObject[] {
    return [...this.#objects.values()]
      .filter(({ content }) => content.kind === kind)
      .sort((a, b) => (a.content.name < b.content.name ? -1 : 1));
  }

  /** What happened to objects of the kind after that version. */
  since(kind: Kind, version: number): readonly ObjectChange[] {
    return this.#history.filter(({ object }) => object.content.kind === kind && object.version > version);
  }

  #put(content: ObjectContent, now: number): readonly ObjectChange[] {
    const previous = this.#objects.get(key(content));
    if (previous !== undefined && JSON.stringify(previous.content) === JSON.stringify(content)) return [];
    const since = content.conditions.map(({ type, status }): [string, number] => {
      const kept = statusOf(previous?.content.conditions, type) === status ? previous?.since.get(type) : undefined;
      return [type, kept ?? now];
    });
    const object = { content, version: this.#next(), created: previous?.created ?? now, since: new Map(since) };
    this.#objects.set(key(content), object);
    return [previous === undefined ? { type: 'ADDED', object } : { type: 'MODIFIED', object, previous }];
  }

  #next(): number {
    this.#version += 1;
    return this.#version;
  }
}

function statusOf(conditions: readonly Condition[] | undefined, type: string): string | undefined {
  return conditions?.find((condition) => condition.type === type)?.status;
}

function key({ kind, name }: ObjectContent): string {
  return `${kind.plural}/${name}`;
}
