/** Charts with more pixels than the screen has, for as long as a picture is taken of them. */

const prototype = HTMLCanvasElement.prototype;
/** What uPlot listens to: every chart draws itself anew. */
const REDRAW = "dppxchange";

const setter = (name: "width" | "height"): ((this: HTMLCanvasElement, value: number) => void) =>
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the canvas
  Object.getOwnPropertyDescriptor(prototype, name)!.set!;

/** The canvas takes every size times `scale`, and draws everything as much larger. */
function enlarge(canvas: HTMLCanvasElement, scale: number): void {
  for (const name of ["width", "height"] as const) {
    let asked = canvas[name];
    Object.defineProperty(canvas, name, {
      configurable: true,
      get: () => asked,
      set: (value: number) => {
        asked = value;
        setter(name).call(canvas, value * scale);
        canvas.getContext("2d")?.setTransform(scale, 0, 0, scale, 0, 0);
      },
    });
  }
}

function restore(canvas: HTMLCanvasElement): void {
  for (const name of ["width", "height"] as const) Reflect.deleteProperty(canvas, name);
}

/** A drawing is done once everything that waits has had its turn. */
async function redraw(): Promise<void> {
  window.dispatchEvent(new CustomEvent(REDRAW));
  await new Promise((resolve) => setTimeout(resolve));
}

/** Copies of the canvases as they are with `scale` times their pixels. */
export async function sharpCopies(
  canvases: readonly HTMLCanvasElement[],
  scale: number,
): Promise<Map<Element, HTMLCanvasElement>> {
  for (const canvas of canvases) enlarge(canvas, scale);
  try {
    await redraw();
    return new Map(canvases.map((canvas) => [canvas, copyOf(canvas)]));
  } finally {
    canvases.forEach(restore);
    await redraw();
  }
}

function copyOf(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const size = (name: "width" | "height"): number =>
    Object.getOwnPropertyDescriptor(prototype, name)!.get!.call(canvas) as number;
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [size("width"), size("height")];
  if (copy.width > 0 && copy.height > 0) copy.getContext("2d")!.drawImage(canvas, 0, 0);
  return copy;
}
