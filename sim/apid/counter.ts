/** Number of calls of a method on a node, forwarded or direct, answered or not. */
export interface CallCount {
  readonly node: string;
  /** Such as `/machine.MachineService/Version`. */
  readonly method: string;
  readonly count: number;
}

export class CallCounter {
  #counts = new Map<string, Map<string, number>>();

  count(node: string, method: string): void {
    const methods = this.#counts.get(node) ?? new Map<string, number>();
    methods.set(method, (methods.get(method) ?? 0) + 1);
    this.#counts.set(node, methods);
  }

  get calls(): readonly CallCount[] {
    return [...this.#counts].flatMap(([node, methods]) =>
      [...methods].map(([method, count]) => ({ node, method, count })),
    );
  }

  reset(): void {
    this.#counts = new Map();
  }
}
