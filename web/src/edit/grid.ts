/** The 24-column grid: moving and resizing push down what is in the way, and what has room above moves up. Pure. */

export const COLUMNS = 24;
export const MOST_ROWS = 200;

/** A panel's place, in grid units. */
export interface Place {
  id: number;
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Extent {
  w: number;
  h: number;
}

const byPlace = (a: Place, b: Place): number => a.y - b.y || a.x - b.x;
const bottom = ({ y, h }: Place): number => y + h;

/** Whether two places share columns. */
const abreast = (a: Place, b: Place): boolean => a.x < b.x + b.w && b.x < a.x + a.w;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Lets places rise, in the order given, until each rests on what stands above it. */
function settle(ordered: readonly Place[]): Place[] {
  const settled: Place[] = [];
  for (const place of ordered) {
    const y = settled.reduce((low, other) => (abreast(place, other) ? Math.max(low, bottom(other)) : low), 0);
    settled.push(place.y === y ? place : { ...place, y });
  }
  return settled;
}

/** The places without gaps and overlaps, in reading order. */
export const compact = (places: readonly Place[]): Place[] => settle([...places].sort(byPlace));

/**
 * Which others stand before a moved place: those whose middle it has not passed. What stood right below it gives way
 * as soon as the foot of the moved one passes their middle, so that neighbours of unequal height change places easily.
 */
function staysBefore(other: Place, was: Place, now: Place): boolean {
  const beneath = abreast(other, was) && other.y >= bottom(was);
  return other.y + other.h / 2 <= (beneath ? bottom(now) : now.y);
}

/** Moves one place; others are pushed down or rise. */
export function move(places: readonly Place[], id: number, to: Point): Place[] {
  const was = places.find((place) => place.id === id);
  if (was === undefined) return [...places];
  const now = { ...was, x: clamp(to.x, 0, COLUMNS - was.w), y: clamp(to.y, 0, lowest(places)) };
  const others = places.filter((place) => place !== was).sort(byPlace);
  const first = others.filter((other) => staysBefore(other, was, now));
  const rest = others.filter((other) => !first.includes(other));
  return settle([...first, now, ...rest]);
}

/** Changes the size of one place; it stays within the grid, and others are pushed down or rise. */
export function resize(places: readonly Place[], id: number, size: Extent): Place[] {
  const changed = places.map((place) =>
    place.id === id
      ? { ...place, w: clamp(size.w, 1, COLUMNS - place.x), h: clamp(size.h, 1, MOST_ROWS) }
      : place,
  );
  return compact(changed);
}

/** The first row below everything. */
export const lowest = (places: readonly Place[]): number => Math.max(0, ...places.map(bottom));

/** Where a new place fits below all others: as high as possible, then as far left. */
export function findRoom(places: readonly Place[], { w, h }: Extent): Point {
  const tops = Array.from({ length: COLUMNS - w + 1 }, (_, x) => {
    const here = { id: -1, x, y: 0, w, h };
    return places.reduce((low, other) => (abreast(here, other) ? Math.max(low, bottom(other)) : low), 0);
  });
  const y = Math.min(...tops);
  return { x: tops.indexOf(y), y };
}

const samePlaces = (a: readonly Place[], b: readonly Place[]): boolean => {
  const byId = new Map(b.map((place) => [place.id, place]));
  return a.every(({ id, x, y }) => byId.get(id)?.x === x && byId.get(id)?.y === y);
};

export type Direction = "left" | "right" | "up" | "down";

/** One step by key: a column sideways; up and down as far as it takes to get past the next place. */
export function nudge(places: readonly Place[], id: number, direction: Direction): Place[] {
  const was = places.find((place) => place.id === id);
  if (was === undefined) return [...places];
  if (direction === "left") return move(places, id, { x: was.x - 1, y: was.y });
  if (direction === "right") return move(places, id, { x: was.x + 1, y: was.y });
  const step = direction === "up" ? -1 : 1;
  for (let y = was.y + step; y >= 0 && y <= lowest(places); y += step) {
    const moved = move(places, id, { x: was.x, y });
    if (!samePlaces(moved, places)) return moved;
  }
  return [...places];
}

/** Exchanges a place with the one before (-1) or after (1) it in reading order: what narrow screens offer. */
export function exchange(places: readonly Place[], id: number, step: -1 | 1): Place[] {
  const ordered = [...places].sort(byPlace);
  const at = ordered.findIndex((place) => place.id === id);
  const other = ordered[at + step];
  if (at < 0 || other === undefined) return [...places];
  const [first, second] = step > 0 ? [ordered[at]!, other] : [other, ordered[at]!];
  const [front, back] = swapped(first, second);
  return settle(ordered.map((place) => (place === first ? front : place === second ? back : place)));
}

/** The second place where the first was, and the first after it. */
function swapped(first: Place, second: Place): [Place, Place] {
  if (first.y === second.y && second.x >= first.x + first.w) {
    return [
      { ...second, x: first.x },
      { ...first, x: second.x + second.w - first.w },
    ];
  }
  const fit = (place: Place, to: Place): Place => ({
    ...place,
    x: Math.min(to.x, COLUMNS - place.w),
    y: to.y,
  });
  return [fit(second, first), fit(first, second)];
}
