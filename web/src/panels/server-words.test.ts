/** What the server says is known here is known here: units, calculations, transformations, types of panels. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PANEL_TYPES } from ".";
import { TRANSFORM_NAMES } from "../query/transforms";
import { CALC_NAMES } from "../model/reduce";
import { format } from "../model/units";

const FOLDER = "../src/watchglass/dashboards/normalise/";

/** The words in the texts of a Python table, from the line that begins with its name to the end of the value. */
function wordsOf(file: string, table: string): string[] {
  const source = readFileSync(FOLDER + file, "utf8");
  const start = source.search(new RegExp(`^${table}\\b`, "m"));
  expect(start).toBeGreaterThanOrEqual(0);
  const value = source.slice(start, source.slice(start).search(/^[)}]/m) + start);
  const texts = [...value.matchAll(/(?<!")"(?!")([^"\n]*)"(:?)/g)].filter((match) => match[2] === "");
  return texts.flatMap((match) => match[1]!.trim().split(/\s+/)).filter((word) => word !== "");
}

test("every unit that has a name on the server is written by it, and not as a text behind the number", () => {
  const names = wordsOf("units.py", "_NAMES");
  expect(names.length).toBeGreaterThan(200);
  const unknown = names.filter((name) => format(1, name).suffix.trim() === name);
  // Of these, the name is also what stands behind the number.
  expect(
    unknown.filter((name) => !["s", "ms", "ns", "µs", "h", "d", "dB", "dBm", "ppm", "lux"].includes(name)),
  ).toEqual([]);
});

test("the server and the browser know the same transformations", () => {
  const known = new Set([...TRANSFORM_NAMES, "noop"]);
  known.delete("seriesToColumns"); // an old name, which the server translates
  expect(wordsOf("transformations.py", "SUPPORTED").toSorted()).toEqual([...known].toSorted());
});

test("every type of panel that the server says is drawn has a drawing, and the other way round", () => {
  const drawn = PANEL_TYPES.flatMap(({ type, aliases = [] }) => [type, ...aliases]);
  const named = wordsOf("panel_types.py", "DRAWN").filter((name) => name !== "row");
  expect(named.filter((name) => !drawn.includes(name))).toEqual([]);
  expect(PANEL_TYPES.map(({ type }) => type).filter((type) => !named.includes(type))).toEqual([]);
});

test("every calculation that the server knows is known here", () => {
  const named = wordsOf("calcs.py", "KNOWN");
  expect(named.filter((name) => !CALC_NAMES.includes(name))).toEqual([]);
});
