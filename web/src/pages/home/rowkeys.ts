/** The keys of a list of dashboards: from row to row, and between the search and what it found. */

import type { KeyboardEvent } from "react";
import { clearFilters } from "./Toolbar";

/** What takes the focus in each row. */
export const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-dashboard]")];

/** Up and down go from one dashboard to the next, from wherever one is in a row. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || event.defaultPrevented || !(event.target instanceof HTMLElement)) return;
  const row = event.target.closest("[data-row]");
  if (row === null || event.target.closest("[role=dialog]") !== null) return;
  event.preventDefault();
  const all = rows();
  const next = all[all.findIndex((link) => row.contains(link)) + step];
  if (next !== undefined) next.focus();
  else if (step < 0) document.querySelector<HTMLElement>("[role=search] input")?.focus();
}

/** From the search to what it found. */
export function leaveSearch(event: KeyboardEvent<HTMLInputElement>): void {
  const first = rows()[0];
  if (event.key === "Escape") clearFilters();
  else if (event.key === "ArrowDown") first?.focus();
  else if (event.key === "Enter" && event.currentTarget.value.trim() !== "") first?.click();
  else return;
  event.preventDefault();
}
