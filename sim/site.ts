import type { Apid } from './apid/apid.ts';
import { ApiServer } from './kubernetes/api-server.ts';
import { KubernetesObjects } from './kubernetes/objects.ts';
import { machineAt } from './model/addresses.ts';
import type { NodeState } from './model/node-state.ts';
import type { ClusterState } from './model/state.ts';
import type { Place } from './network.ts';
import { Front } from './node/front.ts';
import { Machine } from './node/machine.ts';
import type { Authorities } from './pki/authorities.ts';
import type { World } from './world.ts';

/** An address of the cluster, and `host:port` of the Talos API and of kube-apiserver there. */
export interface Reachable {
  readonly address: string;
  readonly endpoint: string;
  readonly kubernetes: string;
}

/** The ports at one address. */
interface Fronts {
  readonly api: Front;
  readonly kubernetes: Front;
}

/** The ports of all addresses, kept as the model has them: at each answers whichever machine is there now. */
export class Site {
  readonly #world: World;
  readonly #fronts = new Map<string, Fronts>();
  readonly #machines = new Map<string, Machine>();
  readonly #apiServers = new Map<string, ApiServer>();
  readonly #unsubscribe: () => void;
  #settled: Promise<unknown> = Promise.resolve();

  constructor(
    world: World,
    places: readonly Place[],
    authorities: Authorities,
    paths: readonly string[],
    apidOf: (name: string) => Apid,
  ) {
    this.#world = world;
    const objects = new KubernetesObjects(world);
    for (const { address, api, kubernetes } of places) {
      this.#fronts.set(address, { api: new Front(api), kubernetes: new Front(kubernetes) });
    }
    for (const node of world.state.nodes) {
      const { name } = node;
      const names = certificateNames(world.state, node);
      this.#machines.set(name, new Machine({ name, names, authorities, paths, apid: apidOf(name) }));
      if (node.role === 'worker') continue;
      this.#apiServers.set(name, new ApiServer({ world, objects, name, names, authorities }));
    }
    this.#unsubscribe = world.onChange(() => this.#show());
    this.#show();
  }

  /** How clients get there; a port is 0 until it was opened once. */
  at({ address, api, kubernetes }: Place): Reachable {
    const fronts = this.#fronts.get(address);
    return {
      address,
      endpoint: `${api.host}:${fronts?.api.port ?? 0}`,
      kubernetes: `${kubernetes.host}:${fronts?.kubernetes.port ?? 0}`,
    };
  }

  /** Resolves when all ports are as the model has them; rejects where one could not be opened. */
  async settle(): Promise<void> {
    await this.#settled;
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#settled.catch(() => undefined);
    for (const machine of this.#machines.values()) machine.stop();
    const fronts = [...this.#fronts.values()].flatMap(({ api, kubernetes }) => [api, kubernetes]);
    await Promise.all(fronts.map((front) => front.stop()));
  }

  #show(): void {
    const { state } = this.#world;
    const shown = [...this.#fronts].flatMap(([address, { api, kubernetes }]) => {
      const node = machineAt(state, address);
      if (node === undefined) return [api.show(undefined), kubernetes.show(undefined)];
      return [
        api.show(this.#machines.get(node.name)?.as(node.presence, node.certificateHours)),
        kubernetes.show(this.#apiServers.get(node.name)?.in(state)),
      ];
    });
    this.#settled = Promise.all([this.#settled, ...shown]);
    // whoever waits hears of it; nobody else shall crash
    this.#settled.catch(() => undefined);
  }
}

/** Every control plane's certificate is good for the virtual address, whoever holds it. */
function certificateNames({ vip }: ClusterState, { role, hostname, addresses }: NodeState): readonly string[] {
  return [hostname, ...addresses, ...(vip === undefined || role === 'worker' ? [] : [vip.address])];
}
