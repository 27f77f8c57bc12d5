/** Keys that mean one panel: the one that has the focus, or lies under the pointer. */

import { useShortcuts } from "../../state/keys";

type Wish = "explore" | "inspect";
type Answer = (wish: Wish) => void;

const panels = new Map<string, Answer>();

/** Lets a panel answer keys until the returned function is called. */
export function answerKeys(id: string, answer: Answer): () => void {
  panels.set(id, answer);
  return () => {
    if (panels.get(id) === answer) panels.delete(id);
  };
}

/** The panel that is meant: a single one on the page is always. */
export function meantPanel(): string | undefined {
  const focused = document.activeElement?.closest<HTMLElement>("[data-panel]");
  const all = document.querySelectorAll<HTMLElement>("[data-panel]");
  const hovered = document.querySelector<HTMLElement>("[data-panel]:hover");
  return (focused ?? hovered ?? (all.length === 1 ? all[0] : undefined))?.dataset.panel;
}

function tell(wish: Wish): void {
  const id = meantPanel();
  if (id !== undefined) panels.get(id)?.(wish);
}

/** Listens for `e` and `i` on behalf of all panels of the page. */
export function usePanelKeys(): void {
  useShortcuts([
    { does: "ask", run: () => tell("explore"), pointed: true },
    { does: "inspect", run: () => tell("inspect"), pointed: true },
  ]);
}
