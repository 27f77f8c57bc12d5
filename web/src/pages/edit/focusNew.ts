/** The focus goes to what has just been added, so that one can go on with the keyboard there. */

import { useLayoutEffect, useRef, type RefObject } from "react";

const FIELDS = "input, select, textarea, button";

/** For a list: goes to its last entry as soon as there is one more. */
export function useFocusOnNew<T extends HTMLElement>(count: number): RefObject<T | null> {
  const list = useRef<T>(null);
  const before = useRef(count);
  useLayoutEffect(() => {
    if (count > before.current)
      list.current?.lastElementChild?.querySelector<HTMLElement>("input, select, textarea")?.focus();
    before.current = count;
  }, [count]);
  return list;
}

/** For an entry: goes to its first field where it is there for the first time and open. */
export function useFocusWhenOpen<T extends HTMLElement>(open: boolean): RefObject<T | null> {
  const inside = useRef<T>(null);
  const first = useRef(open);
  useLayoutEffect(() => {
    if (first.current) inside.current?.querySelector<HTMLElement>(FIELDS)?.focus();
  }, []);
  return inside;
}
