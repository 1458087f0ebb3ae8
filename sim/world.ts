import type { Clock } from './clock.ts';
import { etcdServes } from './model/etcd.ts';
import type { NodeState } from './model/node-state.ts';
import { type EtcdTrouble, restarts } from './model/services.ts';
import { type Change, type ClusterState, findNode } from './model/state.ts';

/** How long Talos waits before it starts a service again, and how long that one runs, in milliseconds. */
const restartMs = 5000;
const attemptMs = 300;

/** The model over time: the base state and the active faults. All changes are made here, and all waiters are notified here. */
export class World {
  readonly clock: Clock;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  #base: ClusterState;
  #state: ClusterState;
  #faults: readonly Change[] = [];
  readonly #listeners = new Set<() => void>();
  /** Timers of nodes whose etcd does not serve, which Talos has not noticed yet. */
  readonly #suspected = new Map<string, () => void>();
  readonly #trouble = new Set<string>();
  /** Whether services that are started again and again run at the moment, and the timer that changes that. */
  #attempt = false;
  #nextAttempt: (() => void) | undefined;
  readonly #timers = new Set<() => void>();

  constructor(base: ClusterState, clock: Clock) {
    this.clock = clock;
    this.startedAt = clock.now();
    this.#base = base;
    this.#state = base;
    this.#refresh();
  }

  get state(): ClusterState {
    return this.#state;
  }

  node(name: string): NodeState {
    return findNode(this.#state, name);
  }

  /** The nodes whose etcd Talos found to be unhealthy. */
  get trouble(): EtcdTrouble {
    return this.#trouble;
  }

  /** Changes the cluster permanently. */
  change(change: Change): void {
    this.#base = change(this.#base);
    this.#refresh();
  }

  /** Applies a fault; the result removes it. */
  addFault(fault: Change): () => void {
    // a separate entry, so that the same fault can be applied twice
    const entry: Change = (state) => fault(state);
    entry(this.#state);
    this.#faults = [...this.#faults, entry];
    this.#refresh();
    return () => {
      this.#faults = this.#faults.filter((other) => other !== entry);
      this.#refresh();
    };
  }

  /** Calls back after every change; the result unsubscribes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the condition is true, or the signal aborts. */
  until(condition: (state: ClusterState) => boolean, signal: AbortSignal): Promise<void> {
    if (condition(this.#state)) return Promise.resolve();
    return this.#wait(signal, (done) => this.onChange(() => condition(this.#state) && done()));
  }

  /** Resolves after this many milliseconds of the clock, or when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return this.#wait(signal, (done) => this.after(ms, done));
  }

  /** A timer that ends with the world. */
  after(ms: number, callback: () => void): () => void {
    const cancel = () => {
      this.#timers.delete(cancel);
      stop();
    };
    const stop = this.clock.after(ms, () => {
      this.#timers.delete(cancel);
      callback();
    });
    this.#timers.add(cancel);
    return cancel;
  }

  /** Stops the clock and all timers. */
  stop(): void {
    for (const cancel of [...this.#timers]) cancel();
  }

  #wait(signal: AbortSignal, start: (done: () => void) => () => void): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        stop();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const stop = start(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  #refresh(): void {
    const base = this.#attempt ? { ...this.#base, attempt: true } : this.#base;
    this.#state = this.#faults.reduce((state, fault) => fault(state), base);
    this.#watchEtcd();
    this.#watchRestarts();
    for (const listener of [...this.#listeners]) listener();
  }

  /** etcd keeps its good name until it has not been serving for a while. */
  #watchEtcd(): void {
    for (const node of this.#state.nodes) {
      const started = node.etcd.state === 'running' || node.etcd.state === 'hung';
      if (!started || etcdServes(this.#state, node)) this.#clear(node.name);
      else if (!this.#trouble.has(node.name) && !this.#suspected.has(node.name)) this.#suspect(node.name);
    }
  }

  /** Talos starts what ended again after 5 s; it does not run for long. */
  #watchRestarts(): void {
    if (!restarts(this.#state)) {
      this.#nextAttempt?.();
      this.#nextAttempt = undefined;
      if (this.#attempt) this.#setAttempt(false);
      return;
    }
    this.#nextAttempt ??= this.after(this.#attempt ? attemptMs : restartMs, () => {
      this.#nextAttempt = undefined;
      this.#setAttempt(!this.#attempt);
    });
  }

  #setAttempt(attempt: boolean): void {
    this.#attempt = attempt;
    this.#refresh();
  }

  #suspect(name: string): void {
    const notice = () => {
      this.#suspected.delete(name);
      this.#trouble.add(name);
      this.#refresh();
    };
    this.#suspected.set(name, this.after(this.#state.scenario.etcdHealthLagMs, notice));
  }

  #clear(name: string): void {
    this.#trouble.delete(name);
    this.#suspected.get(name)?.();
    this.#suspected.delete(name);
  }
}
