import { healthService } from './api/health-check.ts';
import { machineService } from './api/machine.ts';
import { stateService } from './api/state.ts';
import { timeService } from './api/time.ts';
import { Apid } from './apid/apid.ts';
import { type CallCount, CallCounter } from './apid/counter.ts';
import { bootstrapSteps } from './bootstrap.ts';
import { type Clock, systemClock } from './clock.ts';
import type { FaultArguments } from './faults/fault.ts';
import { type FaultName, faultChange } from './faults/faults.ts';
import { poweredOffCluster, runningCluster } from './model/initial.ts';
import type { Role } from './model/node-state.ts';
import { join, leave, type Remains } from './model/scaling.ts';
import { defineScenario, type Scenario } from './model/scenario.ts';
import type { Change, ClusterState } from './model/state.ts';
import { type NetworkOptions, type NodePlace, type Place, placeNodes, vipPlace } from './network.ts';
import { Omni } from './omni/omni.ts';
import { Authorities, type KubeconfigOptions, type TalosconfigOptions, type TalosRole } from './pki/authorities.ts';
import { packKubeconfig } from './pki/kubeconfig.ts';
import { Records } from './records.ts';
import { type Reachable, Site } from './site.ts';
import { play, rebootSteps, type Upgrade, upgradeSteps } from './upgrade.ts';
import { World } from './world.ts';

export interface ClusterDependencies extends Partial<NetworkOptions> {
  readonly clock?: Clock;
}

export interface RunningNode {
  readonly name: string;
  readonly role: Role;
  /** As the cluster knows it: what the metadata `node` carries. */
  readonly address: string;
  /** `host:port` where its API really listens. */
  readonly endpoint: string;
  /** `host:port` where its kube-apiserver listens; absent on a worker. */
  readonly kubernetes?: string;
}

/** An active fault. */
export interface FaultHandle {
  readonly name: FaultName;
  /** Resolves when the ports are as they should be again. */
  heal(): Promise<void>;
}

/** Starts the cluster on free loopback addresses. The default scenario is a healthy cluster of 3 control plane nodes and 2 workers. */
export async function startCluster(
  overrides: Partial<Scenario> = {},
  dependencies: ClusterDependencies = {},
): Promise<SimulatedCluster> {
  const scenario = defineScenario(overrides);
  const places = await placeNodes(scenario, { port: 50_000, kubernetesPort: 6443, ...dependencies });
  const cluster = new SimulatedCluster(scenario, places, dependencies.clock ?? systemClock());
  try {
    await cluster.settle();
    await cluster.omni?.set('open');
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

/** A simulated Talos cluster that listens. It ends with `stop`, or with the scope of an `await using`. */
export class SimulatedCluster implements AsyncDisposable {
  /** Milliseconds that every call takes on its way. */
  latency = 0;
  readonly #world: World;
  readonly #site: Site;
  /** In front of the cluster, if the scenario has it. */
  readonly omni: Omni | undefined;
  readonly #places: readonly NodePlace[];
  readonly #vip: Place | undefined;
  readonly #authorities: Authorities;
  readonly #counter = new CallCounter();
  readonly #faults = new Set<FaultHandle>();

  constructor(scenario: Scenario, places: readonly NodePlace[], clock: Clock) {
    const addresses = new Map(places.map(({ name, address }) => [name, address]));
    const begin = scenario.start === 'running' ? runningCluster : poweredOffCluster;
    const vip = scenario.vip && places[0] !== undefined ? vipPlace(places[0]) : undefined;
    const world = new World(begin(scenario, addresses, vip?.address), clock);
    const records = new Records(world);
    const authorities = new Authorities(() => clock.now());
    const kubeconfig = () => packKubeconfig(this.kubeconfig(), clock.now());
    const services = [
      ...machineService(world, records, kubeconfig),
      ...stateService(world, records),
      ...timeService(world),
      ...healthService(world, records),
    ];
    const endpoints = new Map(services.map((endpoint) => [endpoint.path, endpoint]));
    const shared = { world, endpoints, counter: this.#counter, latency: () => this.latency };
    this.#world = world;
    this.#places = places;
    this.#vip = vip;
    this.#authorities = authorities;
    const allPlaces = vip === undefined ? places : [...places, vip];
    const apidOf = (name: string) => new Apid(name, shared);
    this.#site = new Site(world, allPlaces, authorities, [...endpoints.keys()], apidOf);
    this.omni = scenario.omni ? new Omni({ ...shared, apidOf }) : undefined;
  }

  get state(): ClusterState {
    return this.#world.state;
  }

  get nodes(): readonly RunningNode[] {
    const places = this.#places.filter(({ name }) => !this.#world.node(name).spare);
    return places.map((place) => {
      const { name } = place;
      const { role } = this.#world.node(name);
      const { kubernetes, ...where } = this.#site.at(place);
      return { name, role, ...where, ...(role === 'worker' ? {} : { kubernetes }) };
    });
  }

  /** The virtual address of the control plane, where whoever holds it answers. */
  get vip(): Reachable | undefined {
    return this.#vip && this.#site.at(this.#vip);
  }

  /** The control planes' `host:port`, as a talosconfig names them. */
  get endpoints(): readonly string[] {
    return this.nodes.filter(({ role }) => role === 'controlplane').map(({ endpoint }) => endpoint);
  }

  /** The text of a talosconfig with a fresh certificate of that role. It holds the private key. */
  talosconfig(role: TalosRole, options: TalosconfigOptions = {}): string {
    const context = this.#world.state.scenario.clusterName;
    return this.#authorities.talosconfig(context, role, { endpoints: this.endpoints, ...options });
  }

  /**
   * The text of a kubeconfig; by default the one that Talos gives to
   * administrators. It holds the private key. `through` names the control plane
   * whose API server it leads to, by default the first.
   */
  kubeconfig({ through, ...options }: KubeconfigOptions & { readonly through?: string } = {}): string {
    const node = this.nodes.find(({ name }) => name === (through ?? this.nodes[0]?.name));
    if (node?.kubernetes === undefined) throw new Error(`no control plane ${through} in the simulated cluster`);
    return this.#authorities.kubeconfig(this.#world.state.scenario.clusterName, `https://${node.kubernetes}`, options);
  }

  /** Applies a fault until its handle heals it. Resolves when the ports have changed. */
  async fault(name: FaultName, node?: string, args: FaultArguments = {}): Promise<FaultHandle> {
    const heal = this.#world.addFault(faultChange(this.#world.state, name, node, args));
    const handle: FaultHandle = {
      name,
      heal: async () => {
        if (this.#faults.delete(handle)) heal();
        await this.settle();
      },
    };
    this.#faults.add(handle);
    if (args.seconds !== undefined) this.at(args.seconds * 1000, () => void handle.heal());
    await this.settle();
    return handle;
  }

  async healAll(): Promise<void> {
    await Promise.all([...this.#faults].map((handle) => handle.heal()));
  }

  /** Powers the machines on and bootstraps the cluster. For a scenario that starts `powered-off`. */
  bootstrap(): void {
    for (const { at, change } of bootstrapSteps(this.#world.state)) this.at(at, () => this.#world.change(change));
  }

  /** Upgrades a machine. What follows takes some ten seconds of the cluster's clock. */
  upgrade(name: string, upgrade: Upgrade): void {
    play(this.#world, name, upgradeSteps(this.#world.state, name, upgrade));
  }

  reboot(name: string): void {
    play(this.#world, name, rebootSteps(this.#world.state, name));
  }

  /** Runs an action after this many milliseconds of the cluster's clock, unless the cluster stops before. */
  at(ms: number, action: () => void): void {
    this.#world.after(ms, action);
  }

  /** Changes the model permanently, for example to another version. */
  async change(change: Change): Promise<void> {
    this.#world.change(change);
    await this.settle();
  }

  /** A spare worker joins the cluster, ready. Resolves when its port is open. */
  join(name: string): Promise<void> {
    return this.change(join(name));
  }

  /** A worker leaves the cluster for good; what remains of it is what the others still know. */
  leave(name: string, remains?: Remains): Promise<void> {
    return this.change(leave(name, remains));
  }

  /** Number of calls of each method on each node since the last reset. */
  get calls(): readonly CallCount[] {
    return this.#counter.calls;
  }

  resetCalls(): void {
    this.#counter.reset();
  }

  /** Resolves when the ports are as the model has them. */
  settle(): Promise<void> {
    return this.#site.settle();
  }

  async stop(): Promise<void> {
    this.#world.stop();
    await Promise.all([this.#site.stop(), this.omni?.stop()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
