import { hasSameContent, type ResourceContent } from './content.ts';

/** A stored resource with its version and times. */
export interface StoredResource extends ResourceContent {
  readonly version: number;
  /** Epoch milliseconds. */
  readonly created: number;
  readonly updated: number;
}

export interface ResourceEvent {
  readonly kind: 'created' | 'updated' | 'destroyed';
  readonly resource: StoredResource;
  readonly old?: StoredResource;
}

/** Versioned resources. Each update compares the new state with the stored one. */
export class ResourceStore {
  readonly #resources = new Map<string, StoredResource>();

  /** Stores the new state and returns the changes in order. */
  update(contents: readonly ResourceContent[], now: number): readonly ResourceEvent[] {
    const present = new Map(contents.map((resource) => [key(resource), resource]));
    const gone = [...this.#resources].filter(([id]) => !present.has(id));
    for (const [id] of gone) this.#resources.delete(id);
    const destroyed = gone.map(([, resource]): ResourceEvent => ({ kind: 'destroyed', resource }));
    return [...destroyed, ...[...present.values()].flatMap((resource) => this.#put(resource, now))];
  }

  get(type: string, namespace: string, id: string): StoredResource | undefined {
    const found = this.#resources.get(`${type}/${id}`);
    return found?.resource.namespace === namespace ? found : undefined;
  }

  /** By id, as Talos lists. */
  list(type: string, namespace: string): readonly StoredResource[] {
    return [...this.#resources.values()]
      .filter(({ resource }) => resource.type === type && resource.namespace === namespace)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #put(content: ResourceContent, now: number): readonly ResourceEvent[] {
    const old = this.#resources.get(key(content));
    if (old !== undefined && hasSameContent(old, content)) return [];
    const resource: StoredResource = {
      ...content,
      version: (old?.version ?? 0) + 1,
      created: old?.created ?? now,
      updated: now,
    };
    this.#resources.set(key(content), resource);
    return [old === undefined ? { kind: 'created', resource } : { kind: 'updated', resource, old }];
  }
}

function key({ resource, id }: ResourceContent): string {
  return `${resource.type}/${id}`;
}
