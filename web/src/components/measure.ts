/** Whether an element is on screen, or soon will be, and how large it is. */

import { useEffect, useState, type RefObject } from "react";

export interface Size {
  width: number;
  height: number;
}

/** Panels this far outside of the window are drawn already, */
const AHEAD = "160px 0px";
/** but when a page comes, only once those inside of it have had their turn. */
const TURN_MS = 400;

/** `seen` stays true: what was drawn once stays drawn. */
export interface Visibility {
  seen: boolean;
  visible: boolean;
}

export function useVisibility(ref: RefObject<HTMLElement | null>): Visibility {
  const [state, setState] = useState<Visibility>({ seen: false, visible: false });
  useEffect(() => {
    let first = true;
    let turn: ReturnType<typeof setTimeout> | undefined;
    const show = (visible: boolean): void =>
      setState((was) => (was.visible === visible ? was : { seen: was.seen || visible, visible }));
    const observer = new IntersectionObserver(
      (entries) => {
        const { isIntersecting, boundingClientRect: place } = entries.at(-1)!;
        const inside = place.top < innerHeight && place.bottom > 0;
        clearTimeout(turn);
        if (first && isIntersecting && !inside) turn = setTimeout(show, TURN_MS, true);
        else show(isIntersecting);
        first = false;
      },
      { rootMargin: AHEAD },
    );
    observer.observe(ref.current!);
    return () => {
      clearTimeout(turn);
      observer.disconnect();
    };
  }, [ref]);
  return state;
}

/** The element's inner size in whole px; undefined before the first measurement. */
export function useSize(ref: RefObject<HTMLElement | null>): Size | undefined {
  const [size, setSize] = useState<Size>();
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      const next = { width: Math.floor(width), height: Math.floor(height) };
      setSize((was) => (was?.width === next.width && was.height === next.height ? was : next));
    });
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
