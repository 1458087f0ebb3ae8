import type { Apid } from './apid/apid.ts';
import { ApiServer } from './kubernetes/api-server.ts';
import { KubernetesObjects } from './kubernetes/objects.ts';
import type { NodePlace } from './network.ts';
import { Machine } from './node/machine.ts';
import type { Authorities } from './pki/authorities.ts';
import type { World } from './world.ts';

/** The ports of all nodes, kept as the model has them. */
export class Site {
  readonly #world: World;
  readonly #machines = new Map<string, Machine>();
  readonly #apiServers = new Map<string, ApiServer>();
  readonly #unsubscribe: () => void;
  #settled: Promise<unknown> = Promise.resolve();

  constructor(
    world: World,
    places: readonly NodePlace[],
    authorities: Authorities,
    paths: readonly string[],
    apidOf: (name: string) => Apid,
  ) {
    this.#world = world;
    const objects = new KubernetesObjects(world);
    for (const { name, address, api, kubernetes } of places) {
      this.#machines.set(name, new Machine({ name, address, listen: api, authorities, paths, apid: apidOf(name) }));
      if (world.node(name).role === 'worker') continue;
      this.#apiServers.set(name, new ApiServer({ world, objects, name, address, listen: kubernetes, authorities }));
    }
    this.#unsubscribe = world.onChange(() => this.#show());
    this.#show();
  }

  /** Ports where the node's APIs listen; 0 until they were opened once. */
  ports(name: string): { readonly api: number; readonly kubernetes: number | undefined } {
    return { api: this.#machines.get(name)?.port ?? 0, kubernetes: this.#apiServers.get(name)?.port };
  }

  /** Resolves when all ports are as the model has them; rejects where one could not be opened. */
  async settle(): Promise<void> {
    await this.#settled;
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#settled.catch(() => undefined);
    const all = [...this.#machines.values(), ...this.#apiServers.values()];
    await Promise.all(all.map((server) => server.stop()));
  }

  #show(): void {
    const { state } = this.#world;
    const shown = [
      ...state.nodes.map((node) => this.#machines.get(node.name)?.show(node.presence)),
      ...[...this.#apiServers.values()].map((server) => server.show(state)),
    ];
    this.#settled = Promise.all([this.#settled, ...shown]);
    // whoever waits hears of it; nobody else shall crash
    this.#settled.catch(() => undefined);
  }
}
