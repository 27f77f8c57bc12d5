/** Arcs as SVG paths. Pure. */

const round = (value: number): string => value.toFixed(2);

/** An arc around (cx, cy); `from` and `to` in turns, 0 at the top, clockwise. */
export function arcPath(cx: number, cy: number, radius: number, from: number, to: number): string {
  const point = (turn: number): string => {
    const angle = 2 * Math.PI * turn;
    return `${round(cx + radius * Math.sin(angle))} ${round(cy - radius * Math.cos(angle))}`;
  };
  const large = to - from > 0.5 ? 1 : 0;
  return `M${point(from)}A${radius} ${radius} 0 ${large} 1 ${point(to)}`;
}
