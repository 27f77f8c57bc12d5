/** The page on the whole screen, without the navigation (styles ask for `:fullscreen`). */

import { showToast } from "./toasts";

const refused = (): void => showToast("This browser does not give the page the whole screen.", "error");

/** Takes the whole screen. */
export function enterFullscreen(): void {
  if (document.fullscreenEnabled) void document.documentElement.requestFullscreen().catch(refused);
  else refused();
}

/** Takes the whole screen, or gives it back. */
export function toggleFullscreen(): void {
  if (document.fullscreenElement === null) enterFullscreen();
  else void document.exitFullscreen();
}
