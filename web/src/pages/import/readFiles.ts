/** Reading files that people bring, whatever they are. */

import { readJson } from "../../edit/jsontext";
import { entriesOf, nextId, type Entry, type Unread } from "./entries";

/** Larger ones are not read at all: the browser would stand still. */
const MOST_BYTES = 256 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;

/** By the mark at its beginning; UTF-8 without one. */
function encodingOf(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return "utf-8";
}

async function textOf(file: File): Promise<string> {
  if (file.size === 0) throw new Error("The file is empty.");
  if (file.size > MOST_BYTES) {
    const size = Math.round(file.size / MEGABYTE);
    throw new Error(`The file has ${size} MB; at most ${MOST_BYTES / MEGABYTE} MB are read.`);
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw new Error("The file is compressed (gzip): unpack it first.");
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) throw new Error("The file is a ZIP archive: unpack it first.");
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    throw new Error("The file is no text: a dashboard is a JSON file.");
  }
}

/** Why a text is no JSON, with line and column. */
function faultOf(text: string, error: unknown): string {
  if (text.trim() === "") return "There is nothing in it.";
  if (/^\s*</.test(text)) return "It is HTML or XML, not JSON: was a page saved in place of the file?";
  const said = error instanceof Error ? error.message : String(error);
  return `It is not JSON: ${said.replace(/^L/, "l")}.`;
}

export interface Read {
  entries: Entry[];
  unread: Unread[];
}

/** The dashboards of a text that somebody pasted, or that a file holds. */
export function readText(file: string, text: string): Read {
  const no = (message: string): Read => ({ entries: [], unread: [{ id: nextId(), file, message }] });
  try {
    const value = readJson(text);
    if (typeof value !== "object" || value === null) {
      return no(`A dashboard is a JSON object; this is ${value === null ? "null" : `a ${typeof value}`}.`);
    }
  } catch (error) {
    return no(faultOf(text, error));
  }
  const entries = entriesOf(file, text);
  if (entries.length === 0) return no("The list in it is empty: there is no dashboard to import.");
  return { entries, unread: [] };
}

/** The dashboards of a file. */
export async function readFile(file: File): Promise<Read> {
  try {
    return readText(file.name, await textOf(file));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { entries: [], unread: [{ id: nextId(), file: file.name, message }] };
  }
}
