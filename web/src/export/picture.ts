/**
 * A part of the page painted on a canvas: boxes, texts, SVG and canvases, as the stylesheet has them. What the
 * browser itself could do, an SVG with the page inside, has no fonts of ours.
 */

import { paintSvg } from "./pictureSvg";
import { sharpCopies } from "./sharp";

const SCALE = 2;
/** Longer sides than this, browsers refuse. */
const MOST_PX = 8192;

interface Painter {
  ctx: CanvasRenderingContext2D;
  canvases: ReadonlyMap<Element, HTMLCanvasElement>;
}

const px = (text: string): number => Number.parseFloat(text) || 0;

/** A box with the corners of its style. */
function outline({ left, top, width, height }: DOMRect, style: CSSStyleDeclaration, inset = 0): Path2D {
  const path = new Path2D();
  const radius = Math.max(0, Math.min(px(style.borderTopLeftRadius), width / 2, height / 2) - inset);
  path.roundRect(
    left + inset,
    top + inset,
    Math.max(0, width - 2 * inset),
    Math.max(0, height - 2 * inset),
    radius,
  );
  return path;
}

const isSeen = (color: string): boolean => color !== "transparent" && !/^rgba\(.*, 0\)$/.test(color);

/** Colours from one side to the other: what bars and colour scales have. */
function paintGradient(ctx: CanvasRenderingContext2D, rect: DOMRect, style: CSSStyleDeclaration): void {
  if (!style.backgroundImage.startsWith("linear-gradient")) return;
  const stops = [...style.backgroundImage.matchAll(/(rgba?\([^)]*\))\s*([\d.]+%)?/g)];
  if (stops.length === 0) return;
  const up = /to top|\(0deg/.test(style.backgroundImage);
  const made = up
    ? ctx.createLinearGradient(0, rect.bottom, 0, rect.top)
    : ctx.createLinearGradient(rect.left, 0, rect.right, 0);
  stops.forEach(([, color, place], at) => {
    const share = place === undefined ? at / Math.max(1, stops.length - 1) : px(place) / 100;
    made.addColorStop(Math.min(1, Math.max(0, share)), color!);
  });
  ctx.fillStyle = made;
  ctx.fill(outline(rect, style));
}

function paintBox({ ctx }: Painter, rect: DOMRect, style: CSSStyleDeclaration): void {
  if (isSeen(style.backgroundColor)) {
    ctx.fillStyle = style.backgroundColor;
    ctx.fill(outline(rect, style));
  }
  paintGradient(ctx, rect, style);
  const sides = ["Top", "Right", "Bottom", "Left"] as const;
  const widths = sides.map((side) => px(style[`border${side}Width`]));
  if (widths.every((width) => width === 0)) return;
  if (widths.every((width) => width === widths[0])) {
    ctx.strokeStyle = style.borderTopColor;
    ctx.lineWidth = widths[0]!;
    if (isSeen(style.borderTopColor)) ctx.stroke(outline(rect, style, widths[0]! / 2));
    return;
  }
  const { left, top, width, height } = rect;
  const [above, right, below, before] = widths as [number, number, number, number];
  const outer = [
    [left, top],
    [left + width, top],
    [left + width, top + height],
    [left, top + height],
  ] as const;
  const inner = [
    [left + before, top + above],
    [left + width - right, top + above],
    [left + width - right, top + height - below],
    [left + before, top + height - below],
  ] as const;
  sides.forEach((side, at) => {
    if (widths[at] === 0) return;
    const next = (at + 1) % 4;
    ctx.fillStyle = style[`border${side}Color`];
    ctx.beginPath(); // slanting at its ends, as sides meet: what arrows are made of
    for (const corner of [outer[at]!, outer[next]!, inner[next]!, inner[at]!]) ctx.lineTo(...corner);
    ctx.fill();
  });
}

const fontOf = ({ fontStyle, fontWeight, fontSize, fontFamily }: CSSStyleDeclaration): string =>
  `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;

/** The text with an ellipsis where its box is too narrow for it. */
function fitted(ctx: CanvasRenderingContext2D, text: string, most: number): string {
  let kept = text;
  while (kept !== "" && ctx.measureText(`${kept}…`).width > most) kept = kept.slice(0, -1);
  return `${kept.trimEnd()}…`;
}

/** Every word stands where the browser has put it. */
function paintText({ ctx }: Painter, node: Text, parent: Element, style: CSSStyleDeclaration): void {
  const text = node.data;
  if (text.trim() === "") return;
  ctx.font = fontOf(style);
  ctx.fillStyle = style.color;
  const spacing = px(style.letterSpacing);
  ctx.letterSpacing = `${spacing}px`;
  ctx.textBaseline = "alphabetic";
  ctx.textAlign = "left";
  const ascent = ctx.measureText("x").fontBoundingBoxAscent;
  const range = document.createRange();
  const cut = style.textOverflow === "ellipsis" && parent.scrollWidth > parent.clientWidth + 1;
  if (cut) {
    range.selectNodeContents(node);
    const { left, top } = range.getBoundingClientRect();
    ctx.fillText(fitted(ctx, text.trim(), parent.clientWidth), left, top + ascent);
    return;
  }
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const { left, top, width } = range.getBoundingClientRect();
    if (width === 0) continue;
    const shown = style.textTransform === "uppercase" ? word.toUpperCase() : word;
    ctx.letterSpacing = `${spacing}px`;
    // A canvas knows no digits of one width: what the page's are wider stands between them.
    const missing = (width - ctx.measureText(shown).width) / shown.length;
    ctx.letterSpacing = `${spacing + missing}px`;
    ctx.fillText(shown, left + missing / 2, top + ascent);
  }
}

function paintInside(painter: Painter, element: Element, rect: DOMRect, style: CSSStyleDeclaration): void {
  const { ctx, canvases } = painter;
  if (element instanceof HTMLCanvasElement) {
    const source = canvases.get(element) ?? element;
    if (source.width > 0 && source.height > 0)
      ctx.drawImage(source, rect.left, rect.top, rect.width, rect.height);
    return;
  }
  if (element instanceof SVGSVGElement) {
    paintSvg(ctx, element);
    return;
  }
  for (const child of element.childNodes) {
    if (child instanceof Text) paintText(painter, child, element, style);
    else if (child instanceof Element) paint(painter, child);
  }
}

/** Marked by whoever makes what only a pointer needs. */
const isLeftOut = (element: Element): boolean => element.hasAttribute("data-no-image");

function paint(painter: Painter, element: Element): void {
  const style = getComputedStyle(element);
  if (isLeftOut(element) || style.display === "none" || style.visibility === "hidden") return;
  if (element.matches("[popover]:not(:popover-open)")) return;
  const rect = element.getBoundingClientRect();
  const { ctx } = painter;
  ctx.save();
  ctx.globalAlpha *= px(style.opacity);
  if (style.display !== "contents") paintBox(painter, rect, style);
  const clips = style.overflowX !== "visible" && style.display !== "inline";
  if (clips) ctx.clip(outline(rect, style));
  if (!clips || (rect.width > 0 && rect.height > 0)) paintInside(painter, element, rect, style);
  ctx.restore();
}

/** What lies below a part of the page that lets it shine through. */
function backgroundOf(element: Element): string {
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const { backgroundColor } = getComputedStyle(at);
    if (isSeen(backgroundColor)) return backgroundColor;
  }
  return "white";
}

/** Paints the element as it is now. */
export async function paintElement(element: HTMLElement): Promise<HTMLCanvasElement> {
  await document.fonts.ready;
  const copies = await sharpCopies([...element.querySelectorAll<HTMLCanvasElement>(".u-wrap canvas")], SCALE);
  const rect = element.getBoundingClientRect();
  const scale = Math.min(SCALE, MOST_PX / Math.max(rect.width, rect.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(rect.width * scale), Math.round(rect.height * scale)];
  const ctx = canvas.getContext("2d")!;
  ctx.fillStyle = backgroundOf(element);
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.scale(scale, scale);
  ctx.translate(-rect.left, -rect.top);
  paint({ ctx, canvases: copies }, element);
  return canvas;
}
