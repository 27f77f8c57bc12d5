/** A panel as a file: its data as CSV, its looks as PNG. */

import type { Panel } from "../model/dashboard";
import type { DataFrame } from "../model/frame";
import { shapeFrames } from "../query/frames";
import type { PanelFrame } from "../query/panel";
import { toCsv, type Writing } from "./csv";
import { oneSheet } from "./join";
import { paintElement } from "./picture";
import { fileName, saveFile } from "./save";

/** Spreadsheets take a text for UTF-8 only where it begins with this. */
const BYTE_ORDER_MARK = "\ufeff";

/** Saves one table. */
export function saveSheet(title: string, sheet: DataFrame, writing: Writing): void {
  const content = new Blob([BYTE_ORDER_MARK, toCsv(sheet, writing)], { type: "text/csv;charset=utf-8" });
  saveFile(content, fileName(title, "csv"));
}

/** Saves all that a panel shows, in full. Throws where there is nothing. */
export function savePanelTable(panel: Panel, frames: readonly PanelFrame[]): void {
  const sheet = oneSheet(shapeFrames(frames, panel).tables);
  if (sheet === undefined) throw new Error("the panel has no data yet");
  saveSheet(panel.title, sheet, "raw");
}

/** Saves a panel as it is drawn, with twice its pixels. */
export async function savePanelImage(title: string, frame: HTMLElement): Promise<void> {
  const canvas = await paintElement(frame);
  const content = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (content === null) throw new Error("the browser made no picture of it");
  saveFile(content, fileName(title, "png"));
}
