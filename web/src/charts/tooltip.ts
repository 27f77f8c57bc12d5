/**
 * Tooltips: one under the pointer, and one on each other chart where a dashboard shares them. Their rows are made once
 * and refilled in an animation frame: hovering never renders React.
 */

import styles from "./tooltip.module.css";

export interface TooltipRow {
  name: string;
  value: string;
  color: string;
  /** The series closest to the pointer. */
  near: boolean;
}

export interface TooltipContent {
  title: string;
  rows: readonly TooltipRow[];
  /** How many rows were left out. */
  more: number;
}

const MARGIN_PX = 14;

interface Parts {
  root: HTMLElement;
  title: HTMLElement;
  list: HTMLElement;
  more: HTMLElement;
}

function element(className: string, parent: HTMLElement): HTMLElement {
  const made = document.createElement("div");
  made.className = className;
  parent.append(made);
  return made;
}

function build(): Parts {
  const root = element(styles.tooltip!, document.body);
  root.setAttribute("aria-hidden", "true"); // the same values stand in the legend and in the table view
  return {
    root,
    title: element(styles.title!, root),
    list: element("", root),
    more: element(styles.more!, root),
  };
}

function buildRow(list: HTMLElement): void {
  const row = element(styles.row!, list);
  for (const name of ["swatch", "name", "value"]) element(styles[name]!, row);
}

/** What stays as it was is not laid out again. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function fill({ title, list, more }: Parts, content: TooltipContent): void {
  write(title, content.title);
  while (list.children.length < content.rows.length) buildRow(list);
  [...list.children].forEach((child, index) => {
    const row = content.rows[index];
    (child as HTMLElement).hidden = row === undefined;
    if (row === undefined) return;
    const [swatch, name, value] = child.children as unknown as [HTMLElement, HTMLElement, HTMLElement];
    swatch.style.background = row.color;
    write(name, row.name);
    write(value, row.value);
    child.classList.toggle(styles.near!, row.near);
  });
  more.hidden = content.more === 0;
  write(more, `${content.more} more`);
}

function place(root: HTMLElement, x: number, y: number): void {
  const { width, height } = root.getBoundingClientRect();
  const right = x + MARGIN_PX + width <= innerWidth;
  const left = right ? x + MARGIN_PX : Math.max(4, x - MARGIN_PX - width);
  const top = Math.max(4, Math.min(y + MARGIN_PX, innerHeight - height - 4));
  root.style.transform = `translate(${left}px, ${top}px)`;
}

/** One box; it is made when it is first shown. */
export class Tooltip {
  private parts: Parts | undefined;
  private frame = 0;

  /** Shows it beside a point of the viewport. */
  show(x: number, y: number, content: TooltipContent): void {
    this.parts ??= build();
    const shown = this.parts;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      fill(shown, content);
      shown.root.classList.add(styles.shown!);
      place(shown.root, x, y);
    });
  }

  hide(): void {
    cancelAnimationFrame(this.frame);
    this.parts?.root.classList.remove(styles.shown!);
  }

  remove(): void {
    this.hide();
    this.parts?.root.remove();
    this.parts = undefined;
  }
}

const main = new Tooltip();

/** Shows the page's one tooltip beside a point of the viewport. */
export const showTooltip = (x: number, y: number, content: TooltipContent): void => main.show(x, y, content);

/** Hides it. */
export const hideTooltip = (): void => main.hide();
