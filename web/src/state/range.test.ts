import { describe, expect, test } from "vitest";
import { readRange } from "./range";

const read = (query: string, from: string, to = "now") =>
  readRange(new URLSearchParams(query), { time: { from, to }, refreshMs: 5000 });

describe("the range of a page", () => {
  test("is that of its address, else its own", () => {
    expect(read("from=now-5m&to=now", "now-6h").raw).toEqual({ from: "now-5m", to: "now" });
    expect(read("", "now-6h")).toEqual({ raw: { from: "now-6h", to: "now" }, refreshMs: 5000 });
    expect(read("from=nonsense", "now-6h").raw.from).toBe("now-6h");
  });

  test("is the last hour where its own means nothing, and that is said", () => {
    expect(read("", "now/lunch")).toEqual({
      raw: { from: "now-1h", to: "now" },
      refused: { from: "now/lunch", to: "now" },
      refreshMs: 5000,
    });
    expect(read("from=now-5m&to=now", "now/lunch")).not.toHaveProperty("refused");
  });

  test("is refreshed as the address says", () => {
    expect(read("refresh=30s", "now-1h").refreshMs).toBe(30_000);
    expect(read("refresh=off", "now-1h").refreshMs).toBe(0);
  });
});
