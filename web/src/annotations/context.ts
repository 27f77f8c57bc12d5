/** The events of a page, as its charts and its bar share them: outside of React, so that no panel is drawn anew. */

import { createContext } from "react";
import type { ChartEvent } from "../charts/events";
import { makeStore, type Store } from "../state/store";
import type { EventList } from "./definitions";

/** What somebody is about to mark or to change. */
export interface Draft {
  /** Absent for a new one. */
  id?: number;
  fromMs: number;
  toMs: number;
  text: string;
  tags: readonly string[];
  panelId: number;
  /** The panel on which it was begun: an event may be of that one alone. */
  panel?: { id: number; title: string };
}

export interface Shown {
  lists: readonly EventList[];
  events: readonly ChartEvent[];
}

export interface Annotating {
  shown: Store<Shown>;
  draft: Store<Draft | undefined>;
}

export const makeAnnotating = (): Annotating => ({
  shown: makeStore<Shown>({ lists: [], events: [] }),
  draft: makeStore<Draft | undefined>(undefined),
});

/** A change of an event that is kept. */
export const draftOf = ({ id, fromMs, toMs, title, text, tags, panelId }: ChartEvent): Draft => ({
  ...(id === undefined ? {} : { id }),
  fromMs,
  toMs,
  text: text === "" ? title : `${title}\n${text}`,
  tags,
  panelId,
});

export const AnnotatingContext = createContext<Annotating | undefined>(undefined);
