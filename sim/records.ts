import { isShared, nodeResources, sharedResources } from './cosi/resources.ts';
import { type ResourceEvent, ResourceStore } from './cosi/store.ts';
import { recordServices, type ServiceRecord } from './model/history.ts';
import { servicesOf } from './model/services.ts';
import type { World } from './world.ts';

/** Resources with whoever watches them. */
interface Shelf {
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
  readonly #shared: Shelf = shelf();
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
    return this.#refresh(name, this.#shelfOf(name, type)).store;
  }

  /** Calls back with everything that happens to resources of the type on the node; the result ends it. */
  watch(name: string, type: string, watcher: (event: ResourceEvent) => void): () => void {
    const place = this.#refresh(name, this.#shelfOf(name, type));
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
    for (const [name, place] of [...this.#shelves, ['', this.#shared] as const]) {
      place.stale = true;
      if (place.watchers.size > 0) this.#refresh(name, place);
    }
  }

  #refresh(name: string, place: Shelf): Shelf {
    if (!place.stale) return place;
    place.stale = false;
    const { state, trouble } = this.#world;
    const contents =
      place === this.#shared ? sharedResources(state) : nodeResources(state, this.#world.node(name), trouble);
    const events = place.store.update(contents, this.#changedAt);
    for (const event of events) for (const watcher of [...place.watchers]) watcher(event);
    return place;
  }

  #shelfOf(name: string, type: string): Shelf {
    if (isShared(type)) return this.#shared;
    const known = this.#shelves.get(name);
    if (known !== undefined) return known;
    const fresh = shelf();
    this.#shelves.set(name, fresh);
    return fresh;
  }
}

function shelf(): Shelf {
  return { store: new ResourceStore(), watchers: new Set(), stale: true };
}
