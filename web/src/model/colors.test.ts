import { expect, test } from "vitest";
import { ColorRegistry, fade, PALETTE_SIZE, resolveColor, shade, slotColor } from "./colors";

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
  ["nonsense", "#7AA2FF"],
])("the colour %s", (name, color) => {
  expect(resolveColor(name, "dark")).toBe(color);
});

test("shading and fading", () => {
  expect(shade("#808080", 1)).toBe("#ffffff");
  expect(shade("#808080", -1)).toBe("#000000");
  expect(fade("#102030", 0.5)).toBe("#10203080");
});
