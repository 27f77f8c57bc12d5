import { expect, test } from "vitest";
import { translateHash } from "./hash";

test.each([
  ["#/alerts", "alerts"],
  ["#/alerts?receiver=pager", "alerts"],
  ['#/alerts?silenced=false&filter={alertname="Down"}', "alerts?search=alertname%3D%22Down%22"],
  ["#/status", "routing"],
  ["#/silences", "silences"],
  ["#/silences/1f-2", "silences?search=1f-2"],
  ['#/silences/new?filter={alertname="Down"}', "silences?new=&matcher=alertname%3D%22Down%22"],
  ["#/elsewhere", undefined],
  ["#main", undefined],
])("%s leads to %s", (hash, to) => {
  expect(translateHash(hash)).toBe(to);
});
