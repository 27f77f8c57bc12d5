import { expect, test } from "vitest";
import { applyMappings, parseMappings, type Mappable } from "./mappings";

const MAPPINGS = parseMappings([
  { type: "value", options: { "1": { text: "up", color: "green", icon: "ok" }, idle: { text: "waiting" } } },
  { type: "range", options: { from: 5, to: 10, result: { text: "some" } } },
  { type: "range", options: { from: 100, to: null, result: { text: "many" } } },
  { type: "regex", options: { pattern: "/^host-(\\d+)\\..*$/", result: { text: "no. $1" } } },
  { type: "regex", options: { pattern: "v[0-9]+", result: { color: "red" } } },
  { type: "regex", options: { pattern: "/(/", result: { text: "never" } } },
  { type: "special", options: { match: "null+nan", result: { text: "unknown" } } },
  { type: "special", options: { match: "empty", result: { text: "(empty)" } } },
  { type: "special", options: { match: "true", result: { text: "yes" } } },
  { type: 1, value: "42", text: "the answer" },
  { type: 2, from: "60", to: "70", text: "old range" },
  { type: "new-kind", options: {} },
]);

test.each<[Mappable, object | undefined]>([
  [1, { text: "up", color: "green", icon: "ok" }],
  ["1", { text: "up", color: "green", icon: "ok" }],
  ["idle", { text: "waiting" }],
  [7, { text: "some" }],
  ["7", { text: "some" }],
  [1e9, { text: "many" }],
  ["host-12.example", { text: "no. 12" }],
  ["v2", { color: "red" }],
  ["v2-beta", undefined],
  [NaN, { text: "unknown" }],
  ["", { text: "(empty)" }],
  [true, { text: "yes" }],
  [false, undefined],
  [42, { text: "the answer" }],
  [65, { text: "old range" }],
  [2, undefined],
])("%s is mapped to %j", (value, result) => {
  expect(applyMappings(MAPPINGS, value)).toEqual(result);
});
