import { expect, test } from "vitest";
import { makeLimit } from "./limit";

/** Tasks that end when they are told, and how many of them run. */
function makeTasks(count: number) {
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  const tasks = Array.from({ length: count }, (_, at) => () => {
    begun.push(at);
    return new Promise<number>((end) => ends.set(at, () => end(at)));
  });
  const end = async (at: number): Promise<void> => {
    ends.get(at)!();
    await new Promise((done) => setTimeout(done));
  };
  return { tasks, begun, end };
}

test("a few run at a time, the others in their order", async () => {
  const { tasks, begun, end } = makeTasks(4);
  const limit = makeLimit(2);
  const results = tasks.map((task) => limit(task));
  expect(begun).toEqual([0, 1]);
  await end(1);
  expect(begun).toEqual([0, 1, 2]);
  await end(0);
  await end(2);
  await end(3);
  expect(await Promise.all(results)).toEqual([0, 1, 2, 3]);
});

test("one that fails makes room, one that is not wanted is not begun", async () => {
  const limit = makeLimit(1);
  const gone = new AbortController();
  const begun: string[] = [];
  const failing = limit(() => Promise.reject(new Error("no")));
  const unwanted = limit(() => Promise.resolve(begun.push("unwanted")), gone.signal);
  const last = limit(() => Promise.resolve(begun.push("last")));
  gone.abort();
  await expect(failing).rejects.toThrow("no");
  await expect(unwanted).rejects.toThrow("abort");
  await last;
  expect(begun).toEqual(["last"]);
});
