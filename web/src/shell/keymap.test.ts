import { expect, test } from "vitest";
import { PLACES } from "../pages/places";
import { keyGroups, SHORTCUTS } from "../state/keymap";

test("no key means two things in one place", () => {
  for (const { title, keys } of keyGroups()) {
    const all = keys.map(({ key }) => key);
    expect([title, ...new Set(all)]).toEqual([title, ...all]);
  }
});

test("what works everywhere means nothing else anywhere", () => {
  const [everywhere, ...others] = keyGroups();
  const taken = new Set(everywhere!.keys.map(({ key }) => key));
  expect(others.flatMap(({ keys }) => keys).filter(({ key }) => taken.has(key))).toEqual([]);
});

test("every page has its key", () => {
  const known: readonly string[] = Object.values(SHORTCUTS).map(({ key }) => key);
  expect(PLACES.map(({ shortcut }) => SHORTCUTS[shortcut].key).filter((key) => !known.includes(key))).toEqual(
    [],
  );
  expect(PLACES.map(({ to, shortcut }) => [to, SHORTCUTS[shortcut].says.toLowerCase()])).toEqual(
    PLACES.map(({ to }) => [to, to]),
  );
});
