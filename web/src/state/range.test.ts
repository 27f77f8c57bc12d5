import { afterEach, describe, expect, test, vi } from "vitest";
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

  describe("that does not say how often it refreshes", () => {
    const told = (content: string | undefined, query: string, refreshMs: number | undefined) => {
      const meta = content === undefined ? null : { content };
      const find = (selector: string) => (selector === "meta[name=watchglass-refresh]" ? meta : null);
      vi.stubGlobal("document", { querySelector: find });
      return readRange(new URLSearchParams(query), { time: { from: "now-1h", to: "now" }, refreshMs })
        .refreshMs;
    };
    afterEach(() => vi.unstubAllGlobals());

    test("is refreshed as the server says, unless the address or its own document say otherwise", () => {
      expect(told("30000", "", undefined)).toBe(30_000);
      expect(told("0", "", undefined)).toBe(0);
      expect(told(undefined, "", undefined)).toBe(0);
      expect(told("30000", "refresh=5s", undefined)).toBe(5000);
      expect(told("30000", "refresh=off", undefined)).toBe(0);
      expect(told("30000", "", 0)).toBe(0);
    });
  });
});
