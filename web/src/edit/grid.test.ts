import { expect, test } from "vitest";
import { compact, exchange, findRoom, move, nudge, resize, type Place } from "./grid";

const place = (id: number, x: number, y: number, w: number, h: number): Place => ({ id, x, y, w, h });

/** Two abreast, and one as wide as the page below. */
const THREE = [place(1, 0, 0, 12, 8), place(2, 12, 0, 12, 8), place(3, 0, 8, 24, 4)];

const at = (places: readonly Place[], id: number): string => {
  const { x, y, w, h } = places.find((one) => one.id === id)!;
  return `${x},${y} ${w}x${h}`;
};

const overlaps = (places: readonly Place[]): boolean =>
  places.some((a) =>
    places.some(
      (b) => a.id < b.id && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h,
    ),
  );

test("a panel moved onto another pushes it down", () => {
  const moved = move(THREE, 1, { x: 12, y: 0 });

  expect(at(moved, 1)).toBe("12,0 12x8");
  expect(at(moved, 2)).toBe("12,8 12x8");
  expect(at(moved, 3)).toBe("0,16 24x4");
});

test("a panel dragged down changes places with the one below once its foot has passed the middle", () => {
  const two = [place(1, 0, 0, 24, 8), place(2, 0, 8, 24, 4)];

  expect(at(move(two, 1, { x: 0, y: 1 }), 1)).toBe("0,0 24x8");
  expect(at(move(two, 1, { x: 0, y: 3 }), 1)).toBe("0,4 24x8");
  expect(at(move(two, 1, { x: 0, y: 3 }), 2)).toBe("0,0 24x4");
});

test("a panel dragged up goes before the one whose middle it has passed", () => {
  expect(at(move(THREE, 3, { x: 0, y: 3 }), 3)).toBe("0,0 24x4");
  expect(at(move(THREE, 3, { x: 0, y: 5 }), 3)).toBe("0,8 24x4");
});

test("nothing leaves the grid", () => {
  expect(at(move(THREE, 1, { x: 99, y: -5 }), 1)).toBe("12,0 12x8");
  expect(at(resize(THREE, 2, { w: 99, h: 0 }), 2)).toBe("12,0 12x1");
});

test("a wider panel pushes its neighbour down, a lower one lets those below rise", () => {
  const wide = resize(THREE, 1, { w: 16, h: 8 });
  expect(at(wide, 2)).toBe("12,8 12x8");
  expect(at(wide, 3)).toBe("0,16 24x4");

  const low = resize(resize(THREE, 1, { w: 12, h: 4 }), 2, { w: 12, h: 4 });
  expect(at(low, 3)).toBe("0,4 24x4");
});

test("gaps close and overlaps are undone", () => {
  const settled = compact([place(1, 0, 5, 12, 8), place(2, 6, 6, 12, 8), place(3, 0, 40, 6, 2)]);

  expect(settled.map((one) => one.y)).toEqual([0, 8, 8]);
  expect(overlaps(settled)).toBe(false);
});

test("a new panel fills the last line before it begins another", () => {
  expect(findRoom([place(1, 0, 0, 12, 8)], { w: 12, h: 8 })).toEqual({ x: 12, y: 0 });
  expect(findRoom(THREE, { w: 12, h: 8 })).toEqual({ x: 0, y: 12 });
  expect(findRoom([], { w: 24, h: 1 })).toEqual({ x: 0, y: 0 });
});

test("a key moves as far as it takes to get past the next panel", () => {
  expect(at(nudge(THREE, 3, "up"), 3)).toBe("0,0 24x4");
  expect(at(nudge(THREE, 1, "down"), 1)).toBe("0,4 12x8");
  expect(at(nudge(THREE, 1, "right"), 1)).toBe("1,0 12x8");
  expect(at(nudge(THREE, 1, "up"), 1)).toBe("0,0 12x8");
});

test("on narrow screens panels change places in reading order", () => {
  expect(at(exchange(THREE, 1, 1), 1)).toBe("12,0 12x8");
  expect(at(exchange(THREE, 1, 1), 2)).toBe("0,0 12x8");
  const up = exchange(THREE, 3, -1);
  expect([1, 3, 2].map((id) => up.find((one) => one.id === id)!.y)).toEqual([0, 8, 12]);
  expect(exchange(THREE, 1, -1)).toEqual(THREE);
});

test("whatever is done, no two panels overlap and all stay on the grid", () => {
  let seed = 7;
  const random = (most: number): number => (seed = (seed * 48271) % 2147483647) % most;
  let places = compact(
    Array.from({ length: 14 }, (_, id) => place(id, random(18), random(30), 1 + random(6), 1 + random(9))),
  );
  for (let round = 0; round < 400; round++) {
    const id = random(14);
    const what = random(4);
    if (what === 0) places = resize(places, id, { w: 1 + random(24), h: 1 + random(12) });
    else if (what === 1) places = nudge(places, id, (["left", "right", "up", "down"] as const)[random(4)]!);
    else if (what === 2) places = exchange(places, id, random(2) === 0 ? -1 : 1);
    else places = move(places, id, { x: random(30) - 3, y: random(60) });
    expect(overlaps(places)).toBe(false);
    expect(places).toHaveLength(14);
    expect(places.every(({ x, y, w }) => x >= 0 && y >= 0 && x + w <= 24)).toBe(true);
  }
});
