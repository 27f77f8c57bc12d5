import { describe, expect, it, vi } from "vitest";
import { ApiError, getData, mayRetry, retryDelayMs } from "./http";

const starting = new ApiError("the store is still starting", 503, "unavailable");
const wrong = new ApiError("no such dashboard", 404, "not_found");
const gone = new ApiError("gone", 0, "unreachable");

describe("asking again", () => {
  it("goes on while the server starts, soon at first", () => {
    expect(mayRetry(50, starting)).toBe(true);
    expect([0, 1, 50].map((failures) => retryDelayMs(failures, starting))).toEqual([100, 200, 1000]);
  });

  it("does not repeat what was refused", () => {
    expect(mayRetry(0, wrong)).toBe(false);
  });

  it("gives up on a server that is gone, after a while", () => {
    expect([0, 2, 3].map((failures) => mayRetry(failures, gone))).toEqual([true, true, false]);
  });
});

describe("a refusal", () => {
  const refusal = (body: unknown): Promise<unknown> => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(body), { status: 400 })));
    return getData("api/v1/query").finally(() => vi.unstubAllGlobals());
  };

  it("is the server's text with its hint", async () => {
    const body = { errorType: "bad_data", error: "1:3: parse error", hint: "write `and`" };
    await expect(refusal(body)).rejects.toMatchObject({
      message: "1:3: parse error (write `and`)",
      status: 400,
    });
  });

  it("is the text alone where there is no hint", async () => {
    await expect(refusal({ errorType: "bad_data", error: "wrong" })).rejects.toMatchObject({
      message: "wrong",
    });
  });
});

describe("a question", () => {
  const asked = async (query: string): Promise<[address: string, init: RequestInit]> => {
    const fetched = vi.fn((_address: string, _init: RequestInit) =>
      Promise.resolve(new Response(JSON.stringify({ data: [] }))),
    );
    vi.stubGlobal("fetch", fetched);
    await getData("api/v1/query", { query }).finally(() => vi.unstubAllGlobals());
    return fetched.mock.calls[0]!;
  };

  it("goes in the address where it is short", async () =>
    expect(await asked("up")).toEqual(["api/v1/query?query=up", {}]));

  it("goes as a form where an address would be too long", async () => {
    const long = `up{job=~"${"a|".repeat(4000)}"}`;
    const [address, { method, body }] = await asked(long);
    expect([address, method]).toEqual(["api/v1/query", "POST"]);
    expect((body as URLSearchParams).get("query")).toBe(long);
  });
});
