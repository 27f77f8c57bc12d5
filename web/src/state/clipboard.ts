/** The clipboard, also on pages without TLS, where browsers keep the modern way in shut. */

import { showToast } from "./toasts";

function copyByCommand(text: string): boolean {
  const box = document.createElement("textarea");
  box.value = text;
  box.style.position = "fixed";
  box.style.opacity = "0";
  const open = document.querySelector("dialog[open]"); // what lies outside of it cannot be focused
  (open ?? document.body).append(box);
  const before = document.activeElement;
  box.select();
  // Deprecated, and the only way where the page is not secure.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const copied = document.execCommand("copy");
  box.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}

/** Copies, and says so; `what` begins the sentence. */
export async function copyText(text: string, what: string): Promise<void> {
  const clipboard = navigator.clipboard as Clipboard | undefined; // absent where the page is not secure
  const copied =
    (await clipboard?.writeText(text).then(
      () => true,
      () => false,
    )) ?? false;
  if (copied || copyByCommand(text)) showToast(`${what} copied.`);
  else showToast(`${what} could not be copied: the browser does not allow it.`, "error");
}
