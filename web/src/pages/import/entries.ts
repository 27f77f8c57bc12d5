/** What is on its way in: one entry a dashboard, and what was decided about it. Pure but for its numbers. */

import type { Imported, Preview } from "../../api/library";
import { splitDocuments, withFolders, withInputs, withTitle } from "./documents";

/** What to do where there is one of that uid already. */
export type Decision = "copy" | "replace" | "skip";

export interface Entry {
  id: number;
  /** The file it is in, or how else it came. */
  file: string;
  /** Which of the dashboards of its file, from 1, where there are several. */
  at?: number;
  text: string;
  folders?: string | undefined;
  /** As changed by the user; undefined as it is. */
  title?: string;
  /** Undefined where it says itself. */
  folderUid?: string | undefined;
  /** Undefined until one is made, or when it is taken back. */
  decision?: Decision | undefined;
  answers: Readonly<Record<string, string>>;
  result?: Imported | undefined;
}

/** What stands for the file of a pasted text. */
export const PASTED = "Pasted text";

/** A file that could not be read. */
export interface Unread {
  id: number;
  file: string;
  message: string;
}

export type Change = Partial<Pick<Entry, "title" | "folderUid" | "decision" | "answers" | "result">>;

let lastId = 0;
export const nextId = (): number => ++lastId;

/** The entries of a text that is JSON. */
export function entriesOf(file: string, text: string): Entry[] {
  const { texts, folders } = splitDocuments(text);
  return texts.map((one, index) => ({
    id: nextId(),
    file,
    ...(texts.length > 1 && { at: index + 1 }),
    text: one,
    folders,
    answers: {},
  }));
}

/** What is asked about before it is saved. */
export const previewText = ({ text, folders, title }: Entry): string =>
  withFolders(title === undefined ? text : withTitle(text, title), folders);

/** What is saved: as it came, but for what was changed here. */
export const importText = ({ text, folders, title, answers }: Entry): string =>
  withFolders(withInputs(title === undefined ? text : withTitle(text, title), answers), folders);

/** What becomes of an entry that has a preview. */
export type Outlook = "new" | "same" | "ask" | Decision;

export function outlookOf({ decision }: Entry, { there }: Preview): Outlook {
  if (decision === "skip") return "skip";
  if (there === null) return "new";
  if (there.same) return decision ?? "same";
  return decision === "replace" && !there.canSave ? "ask" : (decision ?? "ask");
}

/** Whether it is to be sent. */
export const isWanted = (outlook: Outlook): boolean =>
  outlook === "new" || outlook === "copy" || outlook === "replace";
