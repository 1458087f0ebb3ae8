/** Tasks that run concurrently and may start further ones. */
export interface Tasks {
  /** @param task never rejects */
  add(task: Promise<unknown>): void;
  /** Resolves when no task is running. */
  idle(): Promise<void>;
}

export function createTasks(): Tasks {
  let running = 0;
  let done = Promise.withResolvers<void>();
  return {
    add: (task) => {
      running += 1;
      void task.then(() => {
        running -= 1;
        if (running === 0) {
          done.resolve();
          done = Promise.withResolvers();
        }
      });
    },
    idle: async () => {
      while (running > 0) {
        await done.promise;
      }
    },
  };
}
