import { describe, expect, test } from "vitest";
import type { TargetsAnswer } from "../api/catalog";
import {
  explainByName,
  explainByQuery,
  explainByTargets,
  explainByValues,
  explainValues,
  unknownNames,
} from "./why";

const targets = (...all: [job: string, instance: string, health: "up" | "down"][]): TargetsAnswer => ({
  activeTargets: all.map(([job, instance, health]) => ({
    labels: { job, instance },
    scrapePool: job,
    scrapeUrl: `http://${instance}/metrics`,
    health,
    lastError: health === "down" ? "connection refused" : "",
    lastScrape: "",
    lastScrapeDuration: 0,
  })),
  droppedTargets: [],
});

describe("targets explain", () => {
  test("that all of a job's are down", () => {
    const why = explainByTargets(['m{job="a"}'], targets(["a", "h:1", "down"]), ["a"]);

    expect(why).toMatchObject({ text: "Target h:1 is down.", detail: "connection refused" });
  });

  test("that the asked instance is down, though others are up", () => {
    const some = targets(["a", "h:1", "up"], ["a", "h:2", "down"]);

    expect(explainByTargets(['m{job="a",instance="h:2"}'], some, ["a"])?.text).toBe("Target h:2 is down.");
    expect(explainByTargets(['m{job="a"}'], some, ["a"])).toBeUndefined();
  });

  test("that there is none of a job, unless its series came otherwise", () => {
    const other = targets(["a", "h:1", "up"]);

    expect(explainByTargets(['m{job="b"}'], other, ["a"])?.title).toBe("No target");
    expect(explainByTargets(['m{job="b"}'], other, ["a", "b"])).toBeUndefined();
  });

  test("that there is none at all", () => {
    expect(explainByTargets(["m"], targets(), [])?.text).toBe("Nothing is scraped yet.");
    expect(explainByTargets(["m"], targets(), ["pushed"])).toBeUndefined();
  });
});

test("an unknown metric is named, and one like it", () => {
  expect(explainByName(["rate(a_total[5m]) / b"], ["a_total"], true)).toMatchObject({ name: "b" });
  expect(explainByName(["a"], ["a_created", "a_total"], true)?.text).toContain("There is a_total.");
  expect(explainByName(["a_total"], ["a"], true)?.text).toContain("There is a.");
  expect(explainByName(["a"], ["a"], true)).toBeUndefined();
  const known = ["chat_created", "chat_requests_created", "chat_requests_total"];
  expect(explainByName(["rate(chat_requests_totl[5m])"], known, true)?.text).toBe(
    "No metric of this name has been collected. There is chat_requests_total.",
  );
});

test("several unknown metrics are all named", () => {
  expect(explainByName(["a + b", "c"], ["b"], true)).toMatchObject({
    name: "a\nc",
    text: "Metrics of these names have not been collected.",
  });
  expect(explainByName(["first_totl / second_totl"], ["first_total", "second_total"], true)?.text).toBe(
    "Metrics of these names have not been collected. There is first_total, second_total.",
  );
  expect(explainByName(["a + b + c + d + e"], ["b"], false)).toMatchObject({
    name: "a\nc\nd and 1 more",
    text: "The source has no such metrics.",
    detail: "a\nc\nd\ne",
  });
  expect(unknownNames(["rate(a[5m]) / a", "b"], ["b"])).toEqual(["a"]);
});

test.each<[string, string, string[], string | undefined]>([
  ["=", "x", ["x", "y"], undefined],
  ["=", "z", ["x", "y"], "The filter is too narrow: l is x, y."],
  ["=~", "z.*", ["1", "2", "3", "4", "5", "6"], "The filter is too narrow: l is 1, 2, 3, 4 and 2 more."],
  ["=", "z", [], "Its series have no label l."],
  ["!=", "z", [], undefined],
])("l%s%s among %s", (op, value, values, expected) => {
  expect(explainByValues({ label: "l", op: op as "=", value, text: "" }, values)).toBe(expected);
});

test("what the query does with samples decides the last guess", () => {
  expect(explainByQuery(["rate(a[5m])"])).toContain("two samples");
  expect(explainByQuery(["a > 1"])).toContain("comparison");
});

test("answers without a number say why there is none", () => {
  expect(explainValues("not a number", ["histogram_quantile(0.9, a)"]).text).toContain("quantile");
  expect(explainValues("not a number", ["a / b"]).text).toContain("zero is divided by zero");
  expect(explainValues("infinite", ["a / b"]).text).toContain("infinite");
});
