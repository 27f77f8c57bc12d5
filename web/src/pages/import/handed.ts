/** Files that were dropped on another page, on their way to the import page. */

let handed: File[] = [];

export const handFiles = (files: readonly File[]): void => void (handed = [...files]);

/** The files, once. */
export function takeFiles(): File[] {
  const files = handed;
  handed = [];
  return files;
}
