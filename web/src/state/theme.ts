/** Light, dark or the system's choice; kept in the browser. public/theme.js applies it before the first paint. */

import type { ThemeName } from "../model/colors";
import { makeStore, useStore } from "./store";

export type ThemeChoice = "system" | "light" | "dark";

const KEY = "watchglass.theme";
const system = matchMedia("(prefers-color-scheme: light)");

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system"; // storage may be forbidden; the choice then lasts as long as the page
  }
}

const choice = makeStore<ThemeChoice>(stored());

function effective(): ThemeName {
  const chosen = choice.get();
  if (chosen !== "system") return chosen;
  return system.matches ? "light" : "dark";
}

const theme = makeStore<ThemeName>(effective());

function apply(): void {
  theme.set(effective());
  document.documentElement.dataset.theme = theme.get();
}

system.addEventListener("change", apply);
choice.subscribe(apply);
apply();

/** What the user chose. */
export const useThemeChoice = (): ThemeChoice => useStore(choice);

/** The theme in effect. */
export const useTheme = (): ThemeName => useStore(theme);

/** Chooses and remembers. */
export function setThemeChoice(value: ThemeChoice): void {
  choice.set(value);
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // as above
  }
}
