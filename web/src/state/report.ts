/** Faults of the page: shown to the user, and told to the server, which counts and logs them. */

import { ApiError } from "../api/http";
import { BUILD, lookForUpgrade } from "./build";
import { showToast } from "./toasts";

export type FaultKind = "script" | "drawing" | "request" | "chunk";

/** One page tells no more than this, and nothing twice: a fault in a loop must not become a flood. */
const MOST = 20;
const told = new Set<string>();

/** Messages of the browser about a part of the page that it could not load; each names it in its own way. */
const CHUNK =
  /dynamically imported module|Importing a module script failed|Unable to preload CSS|ChunkLoadError/i;

/** What is said where a part is missing: the browser remembers the failure, and only a new page asks again. */
export const CHUNK_LOST =
  "A part of this page could not be loaded. Reload the page: the server may have been updated.";

/** Messages that browsers send for harmless reasons. */
const HARMLESS = /^ResizeObserver loop/;

export const isChunkLost = (error: unknown): boolean => error instanceof Error && CHUNK.test(error.message);

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(typeof error === "string" ? error : JSON.stringify(error));

/** Tells the server of a fault; never fails itself. */
export function reportFault(kind: FaultKind, error: unknown): void {
  const fault = asError(error);
  const key = `${kind} ${fault.message}`;
  if (told.has(key) || told.size >= MOST || HARMLESS.test(fault.message)) return;
  told.add(key);
  const body = JSON.stringify({
    kind,
    message: `${fault.name}: ${fault.message}`.slice(0, 500),
    page: location.pathname.slice(0, 200),
    stack: (fault.stack ?? "").slice(0, 4000),
    build: BUILD,
  });
  const headers = { "Content-Type": "application/json" };
  void fetch("api/v1/watchglass/client_errors", { method: "POST", body, headers, keepalive: true }).catch(
    () => undefined,
  );
}

/** A request that the server failed; what it refused, or what never reached it, is no fault of the page's. */
export function reportRequest(error: unknown): void {
  if (error instanceof ApiError && error.status === 500) reportFault("request", error);
}

/** A component that could not be drawn; its surroundings show that in its place. */
export function reportDrawing(error: unknown): void {
  const lost = isChunkLost(error);
  reportFault(lost ? "chunk" : "drawing", error);
  if (lost) void lookForUpgrade();
}

function onFault(error: unknown): void {
  if (error === null || error === undefined) return;
  if (error instanceof DOMException && error.name === "AbortError") return;
  const { message } = asError(error);
  if (HARMLESS.test(message)) return;
  if (isChunkLost(error)) {
    reportDrawing(error);
    showToast(CHUNK_LOST, "error");
    return;
  }
  reportFault("script", error);
  showToast(`Something went wrong on this page: ${message.slice(0, 200)}`, "error");
}

/** Catches what no component caught. */
export function watchFaults(): void {
  window.addEventListener("error", (event) => onFault(event.error ?? event.message));
  window.addEventListener("unhandledrejection", (event) => onFault(event.reason));
}
