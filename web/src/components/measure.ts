/** Whether an element is on screen, or soon will be, and how large it is. */

import { useEffect, useState, type RefObject } from "react";

export interface Size {
  width: number;
  height: number;
}

/** Panels this far outside of the window are drawn already. */
const AHEAD = "160px 0px";

/** `seen` stays true: what was drawn once stays drawn. */
export interface Visibility {
  seen: boolean;
  visible: boolean;
}

export function useVisibility(ref: RefObject<HTMLElement | null>): Visibility {
  const [state, setState] = useState<Visibility>({ seen: false, visible: false });
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        const visible = entries.at(-1)!.isIntersecting;
        setState((was) => ({ seen: was.seen || visible, visible }));
      },
      { rootMargin: AHEAD },
    );
    observer.observe(ref.current!);
    return () => observer.disconnect();
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
