/** Dragging a panel by its header, or by its corner to another size, with the others giving way as one looks on. */

import {
  useEffect,
  useEffectEvent,
  useState,
  type CSSProperties,
  type PointerEvent,
  type RefObject,
} from "react";
import { COLUMNS, move, resize, type Place } from "../../edit/grid";
import { GAP_PX, UNIT_PX } from "../../model/layout";
import type { Grip } from "./GridCell";

interface Grabbed {
  id: number;
  grip: Grip;
  was: Place;
  /** Where the pointer took hold, in px of the document. */
  startX: number;
  startY: number;
  /** Px of one column with its gap. */
  columnPx: number;
}

export interface Drag {
  id: number;
  /** Where everything stands while one drags. */
  places: readonly Place[];
  /** Px between the dragged panel's place and the pointer. */
  offset: CSSProperties;
}

const ROW_PX = UNIT_PX + GAP_PX;
/** A hand that shakes does not drag. */
const DEAD_PX = 4;
/** So close to the window's edge, the page scrolls along. */
const EDGE_PX = 48;
const SCROLL_PX = 14;

interface UseDrag {
  drag: Drag | undefined;
  grab: (id: number, grip: Grip, event: PointerEvent<HTMLElement>) => void;
}

function target(
  { grip, id, was, columnPx }: Grabbed,
  places: readonly Place[],
  dx: number,
  dy: number,
): Drag {
  const [columns, rows] = [Math.round(dx / columnPx), Math.round(dy / ROW_PX)];
  if (grip === "resize") {
    return {
      id,
      offset: {},
      places: resize(places, id, { w: Math.max(2, was.w + columns), h: Math.max(2, was.h + rows) }),
    };
  }
  const moved = move(places, id, { x: was.x + columns, y: Math.max(0, was.y + rows) });
  const now = moved.find((place) => place.id === id)!;
  const [x, y] = [dx - (now.x - was.x) * columnPx, dy - (now.y - was.y) * ROW_PX];
  return { id, places: moved, offset: { translate: `${x}px ${y}px` } };
}

/** Tells the places once the panel is let go; Escape puts everything back. */
export function useDrag(
  grid: RefObject<HTMLElement | null>,
  places: readonly Place[],
  onDrop: (id: number, grip: Grip, places: readonly Place[]) => void,
): UseDrag {
  const [grabbed, setGrabbed] = useState<Grabbed>();
  const [drag, setDrag] = useState<Drag>();
  const end = (): void => {
    setGrabbed(undefined);
    setDrag(undefined);
  };
  const onMove = useEffectEvent((event: globalThis.PointerEvent) => {
    if (grabbed === undefined) return;
    if (event.clientY < EDGE_PX + 48) window.scrollBy(0, -SCROLL_PX);
    else if (event.clientY > window.innerHeight - EDGE_PX) window.scrollBy(0, SCROLL_PX);
    const [dx, dy] = [event.pageX - grabbed.startX, event.pageY - grabbed.startY];
    if (drag === undefined && Math.hypot(dx, dy) < DEAD_PX) return;
    setDrag(target(grabbed, places, dx, dy));
  });
  const onUp = useEffectEvent(() => {
    if (grabbed !== undefined && drag !== undefined) onDrop(grabbed.id, grabbed.grip, drag.places);
    end();
  });
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    end();
  });
  const active = grabbed !== undefined;
  useEffect(() => {
    if (!active) return;
    const [moves, ups, keys] = [
      (event: globalThis.PointerEvent): void => onMove(event),
      (): void => onUp(),
      (event: KeyboardEvent): void => onKey(event),
    ];
    document.addEventListener("pointermove", moves);
    document.addEventListener("pointerup", ups);
    document.addEventListener("pointercancel", ups);
    document.addEventListener("keydown", keys, true);
    return () => {
      document.removeEventListener("pointermove", moves);
      document.removeEventListener("pointerup", ups);
      document.removeEventListener("pointercancel", ups);
      document.removeEventListener("keydown", keys, true);
    };
  }, [active]);
  const grab: UseDrag["grab"] = (id, grip, event) => {
    const was = places.find((place) => place.id === id);
    if (was === undefined || event.button !== 0 || matchMedia("(width < 768px)").matches) return;
    const columnPx = (grid.current!.clientWidth + GAP_PX) / COLUMNS;
    setGrabbed({ id, grip, was, startX: event.pageX, startY: event.pageY, columnPx });
  };
  return { drag, grab };
}
