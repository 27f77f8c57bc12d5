/** Slices of a pie or ring as SVG paths. Pure. */

const TURN = 2 * Math.PI;
const round = (value: number): string => value.toFixed(2);

export interface Ring {
  cx: number;
  cy: number;
  outer: number;
  /** 0 for a pie. */
  inner: number;
}

/** A point at `turn` (0 at the top, clockwise) and `radius`. */
export function pointAt({ cx, cy }: Pick<Ring, "cx" | "cy">, radius: number, turn: number): [number, number] {
  return [cx + radius * Math.sin(TURN * turn), cy - radius * Math.cos(TURN * turn)];
}

/** The slice from turn `from` to `to`. A whole turn is two halves, since an arc cannot end where it begins. */
export function slicePath(ring: Ring, from: number, to: number): string {
  if (to - from >= 0.9999)
    return slicePath(ring, from, from + 0.5) + slicePath(ring, from + 0.5, from + 0.9999);
  const at = (radius: number, turn: number): string => pointAt(ring, radius, turn).map(round).join(" ");
  const large = to - from > 0.5 ? 1 : 0;
  const arc = (radius: number, sweep: number, turn: number): string =>
    `A${round(radius)} ${round(radius)} 0 ${large} ${sweep} ${at(radius, turn)}`;
  const hole = ring.inner > 0;
  const back = hole
    ? `L${at(ring.inner, to)}${arc(ring.inner, 0, from)}`
    : `L${round(ring.cx)} ${round(ring.cy)}`;
  return `M${at(ring.outer, from)}${arc(ring.outer, 1, to)}${back}Z`;
}

/** Where each value's slice begins and ends, in turns; negatives and gaps take none. */
export function slices(values: readonly number[]): [number, number][] {
  const sizes = values.map((value) => (Number.isFinite(value) && value > 0 ? value : 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let from = 0;
  return sizes.map((size) => {
    const slice: [number, number] = [from, total === 0 ? from : from + size / total];
    from = slice[1];
    return slice;
  });
}
