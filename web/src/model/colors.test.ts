import { expect, test } from "vitest";
import {
  ColorRegistry,
  fade,
  nameSlot,
  PALETTE_SIZE,
  resolveColor,
  shade,
  shadeOf,
  slotColor,
} from "./colors";

test("a name keeps its colour over refreshes, in any order", () => {
  const registry = new ColorRegistry();

  expect(registry.assign(["a", "b", "c"])).toEqual([0, 1, 2]);
  expect(registry.assign(["c", "a"])).toEqual([2, 0]);
});

test("no two series of a panel look alike, whatever other panels took", () => {
  const registry = new ColorRegistry();
  registry.assign(["a"]);
  registry.assign(["b"]);

  expect(registry.assign(["a", "b"])).toEqual([0, 1]);
});

test("the ninth series is the first colour, lighter and dashed", () => {
  expect(slotColor(PALETTE_SIZE, "dark").color).toBe(shade(slotColor(0, "dark").color, 0.3));
  expect(slotColor(PALETTE_SIZE, "dark").dash).not.toEqual([]);
});

test.each(["dark", "light"] as const)("200 series on %s ground are all different", (theme) => {
  const looks = Array.from({ length: 200 }, (_, slot) => JSON.stringify(slotColor(slot, theme)));

  expect(new Set(looks).size).toBe(200);
});

test.each<[string, string]>([
  ["green", "#3FB68B"],
  ["semi-dark-green", shade("#3FB68B", -0.15)],
  ["super-light-blue", shade("#56B4E9", 0.5)],
  ["#abcdef", "#abcdef"],
  ["#abc", "#aabbcc"],
  ["rgb(1, 2, 3)", "rgb(1, 2, 3)"],
  ["rgba(1,2,3,.5)", "rgba(1,2,3,.5)"],
  ["transparent", "#00000000"],
  ["grey", "#8B95A7"],
  ["nonsense", "#7AA2FF"],
  ["url(https://elsewhere)", "#7AA2FF"],
])("the colour %s", (name, color) => {
  expect(resolveColor(name, "dark")).toBe(color);
});

test("shading and fading", () => {
  expect(shade("#808080", 1)).toBe("#ffffff");
  expect(shade("#808080", -1)).toBe("#000000");
  expect(fade("#102030", 0.5)).toBe("#10203080");
});

const NAMES = ["green", "yellow", "orange", "red", "blue", "purple"].flatMap((base) =>
  ["", "super-light-", "light-", "semi-dark-", "dark-"].map((word) => word + base),
);

test.each(["dark", "light"] as const)(
  "all of Grafana's thirty names are colours of their own on %s ground",
  (theme) => {
    expect(new Set(NAMES.map((name) => resolveColor(name, theme))).size).toBe(30);
  },
);

test("shades of one colour go from light to dark, and one series keeps the colour", () => {
  expect(shadeOf("#808080", 0, 1)).toBe("#808080");
  expect([0, 1, 2].map((at) => shadeOf("#808080", at, 3))).toEqual(["#b3b3b3", "#808080", "#4d4d4d"]);
});

test("by name, the colour depends on nothing else", () => {
  expect(nameSlot("web")).toBe(nameSlot("web"));
  expect(nameSlot("web")).not.toBe(nameSlot("api"));
});
