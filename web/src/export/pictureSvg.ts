/** SVG drawings painted on a canvas: the shapes that our panels are made of. */

const number = (element: Element, name: string): number =>
  Number.parseFloat(element.getAttribute(name) ?? "0") || 0;

/** Outline of each kind of shape; undefined for what has none. */
function shapeOf(element: Element): Path2D | undefined {
  const path = new Path2D();
  const get = (name: string): number => number(element, name);
  switch (element.tagName) {
    case "path":
      return new Path2D(element.getAttribute("d") ?? "");
    case "line":
      path.moveTo(get("x1"), get("y1"));
      path.lineTo(get("x2"), get("y2"));
      return path;
    case "circle":
      path.arc(get("cx"), get("cy"), get("r"), 0, 2 * Math.PI);
      return path;
    case "rect":
      path.roundRect(get("x"), get("y"), Math.max(0, get("width")), Math.max(0, get("height")), get("rx"));
      return path;
    case "polyline":
    case "polygon":
      return new Path2D(
        `M${element.getAttribute("points") ?? ""}${element.tagName === "polygon" ? "Z" : ""}`,
      );
    default:
      return undefined;
  }
}

/** The colour of a paint; a gradient is as its first stop. */
function colorOf(paint: string, element: SVGElement): string | undefined {
  if (paint === "none" || paint === "") return undefined;
  const id = /^url\("?#([^")]+)"?\)/.exec(paint)?.[1];
  if (id === undefined) return paint;
  const stop = element.ownerSVGElement?.querySelector(`[id="${CSS.escape(id)}"] stop`);
  return stop == null ? undefined : getComputedStyle(stop).stopColor;
}

function paintShape(ctx: CanvasRenderingContext2D, element: SVGElement, style: CSSStyleDeclaration): void {
  const shape = shapeOf(element);
  if (shape === undefined) return;
  const opacity = ctx.globalAlpha;
  const fill = element.tagName === "line" ? undefined : colorOf(style.fill, element);
  if (fill !== undefined) {
    ctx.globalAlpha = opacity * Number(style.fillOpacity);
    ctx.fillStyle = fill;
    ctx.fill(shape);
  }
  const stroke = colorOf(style.stroke, element);
  if (stroke === undefined) return;
  ctx.globalAlpha = opacity * Number(style.strokeOpacity);
  ctx.strokeStyle = stroke;
  ctx.lineWidth = Number.parseFloat(style.strokeWidth);
  ctx.lineCap = style.strokeLinecap as CanvasLineCap;
  ctx.lineJoin = style.strokeLinejoin as CanvasLineJoin;
  const dashes = style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(/[ ,]+/);
  ctx.setLineDash(dashes.map(Number.parseFloat).filter(Number.isFinite));
  ctx.stroke(shape);
}

const ANCHORS: Readonly<Record<string, CanvasTextAlign>> = { start: "left", middle: "center", end: "right" };
const BASELINES: Readonly<Record<string, CanvasTextBaseline>> = {
  middle: "middle",
  central: "middle",
  hanging: "hanging",
  "text-before-edge": "top",
};

function paintWords(ctx: CanvasRenderingContext2D, element: SVGElement, style: CSSStyleDeclaration): void {
  const words = [...element.childNodes].filter((node) => node instanceof Text).map((node) => node.data);
  if (words.join("").trim() === "") return;
  ctx.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  ctx.fillStyle = colorOf(style.fill, element) ?? style.color;
  ctx.textAlign = ANCHORS[style.textAnchor] ?? "left";
  ctx.textBaseline = BASELINES[style.dominantBaseline] ?? "alphabetic";
  ctx.fillText(
    words.join("").trim(),
    number(element, "x") + number(element, "dx"),
    number(element, "y") + number(element, "dy"),
  );
}

const CONTAINERS = new Set(["svg", "g", "a"]);

function paintPart(ctx: CanvasRenderingContext2D, element: SVGElement): void {
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden") return;
  ctx.save();
  ctx.globalAlpha *= Number(style.opacity);
  if (CONTAINERS.has(element.tagName)) {
    for (const child of element.children) if (child instanceof SVGElement) paintPart(ctx, child);
  } else if (element instanceof SVGGraphicsElement) {
    const matrix = element.getScreenCTM();
    if (matrix !== null) ctx.transform(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f);
    if (element.tagName === "text" || element.tagName === "tspan") {
      paintWords(ctx, element, style);
    } else paintShape(ctx, element, style);
  }
  ctx.restore();
}

/** Paints the drawing where it stands on the page. */
export function paintSvg(ctx: CanvasRenderingContext2D, svg: SVGSVGElement): void {
  paintPart(ctx, svg);
}
