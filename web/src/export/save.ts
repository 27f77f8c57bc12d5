/** Files for the user to keep. */

/** How long the browser may take to begin with it. */
const KEEP_MS = 30_000;

/** A title as a file name that every system takes. */
export function fileName(title: string, extension: string): string {
  const name = title
    .normalize("NFKD")
    .replaceAll(/[^\w.-]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "")
    .slice(0, 80);
  return `${name === "" ? "panel" : name}.${extension}`;
}

/** Hands content to the browser as a download. */
export function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEEP_MS);
}
