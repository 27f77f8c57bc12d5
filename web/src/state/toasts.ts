/** Short messages at the edge of the page. */

import { makeStore, useStore } from "./store";

export interface Toast {
  id: number;
  kind: "info" | "error";
  text: string;
  /** What can be done about it. */
  action?: ToastAction;
}

export interface ToastAction {
  label: string;
  run: () => void;
}

const SHOWN_MS = 6000;
const toasts = makeStore<readonly Toast[]>([]);
let nextId = 1;

export const useToasts = (): readonly Toast[] => useStore(toasts);

/** Takes a message away. */
export function dismissToast(id: number): void {
  const left = toasts.get().filter((toast) => toast.id !== id);
  if (left.length < toasts.get().length) toasts.set(left); // an equal list would draw the page again
}

/** Shows a message; the same one is not shown twice at a time. Errors stay until dismissed. */
export function showToast(text: string, kind: Toast["kind"] = "info", action?: ToastAction): void {
  if (toasts.get().some((toast) => toast.text === text)) return;
  const id = nextId++;
  toasts.set([...toasts.get(), { id, kind, text, ...(action === undefined ? {} : { action }) }]);
  if (kind === "info") setTimeout(() => dismissToast(id), SHOWN_MS);
}
