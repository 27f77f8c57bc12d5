import { describe, expect, test } from "vitest";
import { ApiError } from "../api/http";
import { asTyped, placeIn } from "./typed";

/** The place of the first `!` in each text: one and the same fault. */
const both = (typed: string, sent: string) => [placeIn(typed, sent, sent.indexOf("!")), typed.indexOf("!")];

test.each([
  ["rate(x[$__rate_interval]) !", "rate(x[1m]) !"],
  ["! rate(x[$__rate_interval])", "! rate(x[1m])"],
  [
    'rate(x{job=~"$job"}[$__rate_interval]) ! y{job=~"${job:regex}"}',
    'rate(x{job=~"a|b"}[1m]) ! y{job=~"a|b"}',
  ],
  ["$fn(x)! + [[y]]", "sum(x)! + z"],
  ["a$b!", "a!"],
])("%s, sent as %s, has the fault where it was typed", (typed, sent) => {
  const [place, wanted] = both(typed, sent);
  expect(place).toBe(wanted);
});

test("the end of one is the end of the other", () => {
  expect(placeIn("rate(x[$w]", "rate(x[5m]", 10)).toBe(10);
  expect(placeIn("rate($metric", "rate(x", 6)).toBe(12);
});

test("what a variable brought is the place where it was named", () => {
  expect(placeIn("x + $y + z", "x + a b + z", 6)).toBe(4);
});

test("what may be one place or another is none", () => {
  expect(placeIn("$a,$b,$c", "1,2,3,4", 3)).toBeUndefined();
  expect(placeIn("up + $x", 'up{job="a"} + 1', 4)).toBeUndefined(); // a filter was put in
});

describe("a refusal", () => {
  const typed = 'sum(rate(x{job=~"$job"}[$__rate_interval])\n+ y';
  const sent = 'sum(rate(x{job=~"chat-app"}[1m0s])\n+ y';
  const refusal = (text: string) => new ApiError(text, 400, "bad_data");

  test("tells places of what was typed", () => {
    const told = refusal(
      'invalid parameter "query": 1:34: parse error: x (add ): the ( at 1:4 is not closed)',
    );
    expect(asTyped(told, typed, sent)).toMatchObject({
      message: 'invalid parameter "query": 1:42: parse error: x (add ): the ( at 1:4 is not closed)',
      status: 400,
      errorType: "bad_data",
    });
    expect(asTyped(refusal("2:3: parse error: y"), typed, sent)).toMatchObject({
      message: "2:3: parse error: y",
    });
  });

  test("tells none that is not sure", () => {
    const told = refusal('invalid parameter "query": 1:4: parse error: x (the ( at 1:3 is not closed)');
    expect(asTyped(told, "$a,$b,$c", "1,2,3,4")).toMatchObject({
      message: 'invalid parameter "query": parse error: x (the ( is not closed)',
    });
  });

  test("stays as it is where nothing was filled in, and where it is none", () => {
    const told = refusal("1:4: parse error: x");
    expect(asTyped(told, "up", "up")).toBe(told);
    const other = new Error("1:4: no");
    expect(asTyped(other, typed, sent)).toBe(other);
  });
});
