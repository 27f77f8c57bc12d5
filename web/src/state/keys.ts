/** Keyboard shortcuts: single keys, or two in a row (`g t`). What is on the page registers its own. */

import { useEffect, useEffectEvent } from "react";
import { SHORTCUTS, type ShortcutName } from "./keymap";

export interface Shortcut {
  does: ShortcutName;
  run: () => void;
  /** What the command palette calls it, where that is not what the table says. */
  label?: string;
  /** It means what is under the pointer, and makes no sense in the palette. */
  pointed?: true;
}

const keyOf = ({ does }: Shortcut): string => SHORTCUTS[does].key;

/** What the user really types into: an editor may stand inside of a shadow root. */
const targetOf = (event: Event): EventTarget | null => event.composedPath()[0] ?? event.target;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** What keeps Escape for itself: dialogs and popovers. */
const NEARER = "[role=dialog], dialog[open]";

/** Runs on Escape while `active`, unless something nearer is open or the user types. */
export function useEscape(active: boolean, run: () => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || isTyping(targetOf(event))) return;
    if (document.querySelector(NEARER) === null) run();
  });
  useEffect(() => {
    if (!active) return;
    const listener = (event: KeyboardEvent): void => onKey(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, [active]);
}

/** What is registered now; the latest, which is the innermost, comes first. */
const registered: (() => readonly Shortcut[])[] = [];

/** How long the second key of a pair may take. */
const PAIR_MS = 1200;
let first: { key: string; at: number } | undefined;

function onKeyDown(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(targetOf(event))) return;
  if (event.key === "Shift" || event.defaultPrevented || document.querySelector("dialog[open]") !== null)
    return;
  const pair = first !== undefined && event.timeStamp - first.at < PAIR_MS ? `${first.key} ${event.key}` : "";
  first = undefined;
  const all = registered.flatMap((list) => list());
  const found = all.find((one) => keyOf(one) === pair) ?? all.find((one) => keyOf(one) === event.key);
  if (found === undefined) {
    if (all.some((one) => keyOf(one).startsWith(`${event.key} `)))
      first = { key: event.key, at: event.timeStamp };
    return;
  }
  event.preventDefault();
  found.run();
}

/** Listens for keys, unless the user types, holds a modifier, or has a dialog open. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const current = useEffectEvent(() => shortcuts);
  useEffect(() => {
    const list = (): readonly Shortcut[] => current();
    if (registered.length === 0) document.addEventListener("keydown", onKeyDown);
    registered.unshift(list);
    return () => {
      registered.splice(registered.indexOf(list), 1);
      if (registered.length === 0) document.removeEventListener("keydown", onKeyDown);
    };
  }, []);
}

/** A shortcut as the command palette shows it. */
export interface ListedShortcut {
  key: string;
  label: string;
  run: () => void;
}

/** What the keys of this page do, for the command palette; the innermost of the same key. */
export function listShortcuts(): ListedShortcut[] {
  const byKey = new Map<string, Shortcut>();
  for (const shortcut of registered.flatMap((list) => list())) {
    if (!byKey.has(keyOf(shortcut))) byKey.set(keyOf(shortcut), shortcut);
  }
  return [...byKey.values()]
    .filter(({ pointed }) => pointed !== true)
    .map(({ does, label = SHORTCUTS[does].says, run }) => ({ key: SHORTCUTS[does].key, label, run }));
}
