import { resourcesOf, type Scope, scopeOf } from './cosi/resources.ts';
import { type ResourceEvent, ResourceStore } from './cosi/store.ts';
import { recordServices, type ServiceRecord } from './model/history.ts';
import { servicesOf } from './model/services.ts';
import type { World } from './world.ts';

/** Resources and their watchers. */
interface Shelf {
  readonly scope: Scope;
  readonly node: string;
  readonly store: ResourceStore;
  readonly watchers: Set<(event: ResourceEvent) => void>;
  stale: boolean;
}

/**
 * What the nodes have kept of the past: the events of their services, and the
 * versions of their resources. Resources are brought up to date when somebody
 * looks or watches, since a large cluster has very many.
 */
export class Records {
  readonly #world: World;
  readonly #services = new Map<string, readonly ServiceRecord[]>();
  readonly #shelves = new Map<string, Shelf>();
  #changedAt: number;

  constructor(world: World) {
    this.#world = world;
    this.#changedAt = world.clock.now();
    world.onChange(() => this.#update());
    this.#update();
  }

  services(name: string): readonly ServiceRecord[] {
    return this.#services.get(name) ?? [];
  }

  /** Where the node keeps resources of this type. */
  store(name: string, type: string): ResourceStore {
    return this.#refresh(this.#shelfOf(name, type)).store;
  }

  /** Calls back with every event of resources of the type on the node; the result unsubscribes. */
  watch(name: string, type: string, watcher: (event: ResourceEvent) => void): () => void {
    const place = this.#refresh(this.#shelfOf(name, type));
    const filtered = (event: ResourceEvent) => event.resource.resource.type === type && watcher(event);
    place.watchers.add(filtered);
    return () => place.watchers.delete(filtered);
  }

  #update(): void {
    const { state, trouble, clock } = this.#world;
    this.#changedAt = clock.now();
    for (const node of state.nodes) {
      const present = servicesOf(state, node, trouble);
      this.#services.set(node.name, recordServices(this.services(node.name), present, this.#changedAt));
    }
    for (const place of this.#shelves.values()) {
      place.stale = true;
      if (place.watchers.size > 0) this.#refresh(place);
    }
  }

  #refresh(place: Shelf): Shelf {
    if (!place.stale) return place;
    place.stale = false;
    const { state, trouble } = this.#world;
    const node = this.#world.node(place.node);
    const events = place.store.update(resourcesOf(place.scope, state, node, trouble), this.#changedAt);
    for (const event of events) for (const watcher of [...place.watchers]) watcher(event);
    return place;
  }

  #shelfOf(node: string, type: string): Shelf {
    const scope = scopeOf(type);
    const key = `${scope}/${node}`;
    const known = this.#shelves.get(key);
    if (known !== undefined) return known;
    const fresh: Shelf = { scope, node, store: new ResourceStore(), watchers: new Set(), stale: true };
    this.#shelves.set(key, fresh);
    return fresh;
  }
}
