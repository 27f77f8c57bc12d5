// Runs before the first paint, so that a chosen theme never flashes the other one. Mirrors src/state/theme.ts.
try {
  const chosen = localStorage.getItem("watchglass.theme");
  const dark =
    chosen === "dark" || (chosen !== "light" && !matchMedia("(prefers-color-scheme: light)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
} catch {
  document.documentElement.dataset.theme = "dark";
}
