import { expect, test } from "vitest";
import { rank, scoreOf } from "./rank";

const entries = ["node_cpu_seconds_total", "cpu", "process_cpu_seconds_total", "Zoom out", "recpu"].map(
  (title) => ({ title }),
);

test("a beginning comes before the beginning of a word, that before its middle", () => {
  expect(rank(entries, "cpu").map(({ title }) => title)).toEqual([
    "cpu",
    "node_cpu_seconds_total",
    "process_cpu_seconds_total",
    "recpu",
  ]);
});

test("words may stand apart, letters too when there are some", () => {
  expect(rank(entries, "process total")[0]?.title).toBe("process_cpu_seconds_total");
  expect(scoreOf("Zoom out", "zot")).toBe(4);
  expect(scoreOf("Zoom out", "zt")).toBeUndefined();
});

test("nothing typed keeps everything in its order", () => {
  expect(rank(entries, " ")).toEqual(entries);
});
