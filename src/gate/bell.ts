/** Something that can happen at any time, and for which one party waits. */
export interface Bell {
  ring(): void;
  /** Resolves once it has rung since the last `takeNote`. */
  readonly rung: Promise<void>;
  /** Whether it has rung; from now on the next ring counts. */
  takeNote(): boolean;
}

export function hangBell(): Bell {
  let next = Promise.withResolvers<void>();
  let ringing = false;
  return {
    ring: () => {
      ringing = true;
      next.resolve();
    },
    get rung() {
      return next.promise;
    },
    takeNote: () => {
      const rang = ringing;
      if (rang) {
        ringing = false;
        next = Promise.withResolvers<void>();
      }
      return rang;
    },
  };
}
