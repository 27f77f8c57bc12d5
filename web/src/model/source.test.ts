import { expect, test } from "vitest";
import { sourceName } from "./source";

test("a source is chosen by its uid or its variable; what is none of its own is empty", () => {
  expect(["$ds", "${ds}", { type: "prometheus", uid: "${ds:raw}" }].map(sourceName)).toEqual([
    "${ds}",
    "${ds}",
    "${ds}",
  ]);
  expect([undefined, null, "-- Mixed --", { uid: "default" }].map(sourceName)).toEqual(["", "", "", ""]);
  expect([{ uid: "embedded" }, "Elsewhere"].map(sourceName)).toEqual(["embedded", "Elsewhere"]);
});
