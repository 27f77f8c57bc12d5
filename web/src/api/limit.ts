/** Few requests at a time, where many are wanted at once: the others wait in the order in which they came. */

export type Limit = <T>(task: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Runs at most so many tasks at a time; one that nobody wants any more when its turn comes is not begun. */
export function makeLimit(most: number): Limit {
  let running = 0;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return async (task, signal) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      signal?.throwIfAborted();
      return await task();
    } finally {
      leave();
    }
  };
}
