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
  expect(scoreOf("Zoom out", "zmot")).toBe(4);
  expect(scoreOf("Zoom out", "zt")).toBeUndefined();
});

test("nothing typed keeps everything in its order", () => {
  expect(rank(entries, " ")).toEqual(entries);
});

test("letters that are far apart are no match", () =>
  expect(scoreOf("A title that is much longer than there is room for", "latncy")).toBeUndefined());

test("titles come before tags, these before the folder and what is said of it", () => {
  const many = [
    { title: "d", description: "about disks" },
    { title: "c", folderTitle: "Disks" },
    { title: "b", tags: ["disks"] },
    { title: "Old disks" },
  ];
  expect(rank(many, "disks").map(({ title }) => title)).toEqual(["Old disks", "b", "c", "d"]);
});
