import type { World } from '../world.ts';
import { nodeObjects } from './objects/nodes.ts';
import { podObjects } from './objects/pods.ts';
import { workloadObjects } from './objects/workloads.ts';
import { type ObjectChange, ObjectStore } from './store.ts';

/**
 * The objects of Kubernetes, which all API servers share. They are brought up
 * to date when somebody looks or watches, since a large cluster has very many.
 */
export class KubernetesObjects {
  readonly #world: World;
  readonly #store = new ObjectStore();
  readonly #watchers = new Set<(changes: readonly ObjectChange[]) => void>();
  #stale = true;
  #changedAt: number;

  constructor(world: World) {
    this.#world = world;
    this.#changedAt = world.clock.now();
    world.onChange(() => {
      this.#stale = true;
      this.#changedAt = world.clock.now();
      if (this.#watchers.size > 0) this.#refresh();
    });
  }

  get store(): ObjectStore {
    this.#refresh();
    return this.#store;
  }

  /** Calls back with every future event; the result unsubscribes. */
  watch(watcher: (changes: readonly ObjectChange[]) => void): () => void {
    this.#refresh();
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #refresh(): void {
    if (!this.#stale) return;
    this.#stale = false;
    const { state } = this.#world;
    const contents = [...nodeObjects(state), ...podObjects(state), ...workloadObjects(state)];
    const changes = this.#store.update(contents, this.#changedAt);
    if (changes.length === 0) return;
    for (const watcher of [...this.#watchers]) watcher(changes);
  }
}
