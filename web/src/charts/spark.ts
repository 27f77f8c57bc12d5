/** Sparklines as SVG paths. Pure. */

const PAD_PX = 2;

interface Place {
  x: (at: number) => number;
  y: (value: number) => number;
}

function places(values: Float64Array, width: number, height: number, min?: number): Place | undefined {
  const present = values.filter((value) => Number.isFinite(value));
  if (present.length < 2) return undefined;
  const low = present.reduce((a, b) => Math.min(a, b), min ?? Infinity);
  const high = present.reduce((a, b) => Math.max(a, b), -Infinity);
  const span = high - low || 1;
  const usable = height - 2 * PAD_PX;
  const lift = high === low ? 0.35 : 0; // a flat line stands above the edge
  return {
    x: (at) => (at / (values.length - 1)) * width,
    y: (value) => PAD_PX + usable * (1 - lift - ((value - low) / span) * (1 - lift)),
  };
}

const round = (value: number): string => value.toFixed(1);

/** Runs of neighbouring samples, as [index, value]. */
function runs(values: Float64Array): [number, number][][] {
  const found: [number, number][][] = [];
  let run: [number, number][] = [];
  values.forEach((value, at) => {
    if (Number.isFinite(value)) run.push([at, value]);
    else if (run.length > 0) {
      found.push(run);
      run = [];
    }
  });
  return run.length > 0 ? [...found, run] : found;
}

/** The line, broken at gaps; empty when there are not two samples. */
export function linePath(values: Float64Array, width: number, height: number, min?: number): string {
  const place = places(values, width, height, min);
  if (place === undefined) return "";
  return runs(values)
    .map((run) =>
      run
        .map(
          ([at, value], index) => `${index === 0 ? "M" : "L"}${round(place.x(at))} ${round(place.y(value))}`,
        )
        .join(""),
    )
    .join("");
}

/** The area between the line and the foot. */
export function areaPath(values: Float64Array, width: number, height: number, min?: number): string {
  const place = places(values, width, height, min);
  if (place === undefined) return "";
  return runs(values)
    .filter((run) => run.length > 1)
    .map((run) => {
      const top = run.map(([at, value]) => `L${round(place.x(at))} ${round(place.y(value))}`).join("");
      const [left, right] = [round(place.x(run[0]![0])), round(place.x(run.at(-1)![0]))];
      return `M${left} ${height}${top}L${right} ${height}Z`;
    })
    .join("");
}
