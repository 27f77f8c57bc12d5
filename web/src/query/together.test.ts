import { notifyManager, QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { tellTogether } from "./together";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** What an observer was told of a query that answers at once. */
async function watch(): Promise<string[]> {
  const told: string[] = [];
  const options = { queryKey: ["one"], queryFn: () => Promise.resolve("answer") };
  const note = notifyManager.batchCalls(({ data }: { data?: string | undefined }) => told.push(data ?? "")); // as hooks do
  new QueryObserver(new QueryClient(), options).subscribe(note);
  await vi.advanceTimersByTimeAsync(10);
  return told;
}

test("what came first is told with what comes last", async () => {
  let arrive = (): void => undefined;
  tellTogether(new Promise<void>((resolve) => (arrive = resolve)));
  const told = await watch();
  expect(told).toEqual([]);
  arrive();
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toContain("answer");
});

test("what is slow holds up the others only for a moment", async () => {
  tellTogether(new Promise(() => undefined));
  const told = await watch();
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(told).toContain("answer");
});

test("an answer that fails holds nothing up", async () => {
  tellTogether(Promise.reject(new Error("gone")));
  expect(await watch()).toContain("answer");
});
