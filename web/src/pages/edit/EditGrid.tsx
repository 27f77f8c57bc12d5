/** The grid of a dashboard that is edited: panels are dragged, pulled larger, moved by keys, opened, copied and removed. */

import { memo, useCallback, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { Empty } from "../../components/states";
import { asList } from "../../model/json";
import type { RawRange } from "../../model/timerange";
import {
  duplicatePanel,
  findPanel,
  idOf,
  isFolded,
  isRow,
  panelsOf,
  placeOf,
  placesOf,
  removePanel,
  setPlaces,
  titleOf,
  type RawPanel,
} from "../../edit/doc";
import { exchange, nudge, resize, type Direction, type Place } from "../../edit/grid";
import { showToast } from "../../state/toasts";
import { useZone } from "../../state/zone";
import { PanelView } from "../dashboard/PanelView";
import { GridCell, type Grip, type Tool } from "./GridCell";
import { RowBar } from "./RowBar";
import { useEditing } from "./session";
import { useDrag } from "./useDrag";
import type { Drawn } from "./usePanels";
import styles from "./grid.module.css";

interface EditGridProps {
  drawn: Drawn;
  raw: RawRange;
  /** The row that has just been added. */
  newRow: number | undefined;
  onOpen: (id: number) => void;
  onAdd: () => void;
}

/** Dragging one panel draws no other anew. */
const Still = memo(PanelView);

const callPanel = (panel: RawPanel): string => titleOf(panel) || `panel ${idOf(panel)}`;

/** Where a panel stands, for those who hear it. */
function sayPlace(title: string, { x, y, w, h }: Place): string {
  return `${title}: column ${x + 1}, line ${y + 1}, ${w} wide, ${h} high`;
}

const byPlace = (a: RawPanel, b: RawPanel): number => {
  const [left, right] = [placeOf(a), placeOf(b)];
  return left.y - right.y || left.x - right.x;
};

const STEP: Readonly<Record<Direction, { w: number; h: number }>> = {
  left: { w: -1, h: 0 },
  right: { w: 1, h: 0 },
  up: { w: 0, h: -1 },
  down: { w: 0, h: 1 },
};

/** What the keyboard does to a place. */
function byKey(places: readonly Place[], id: number, direction: Direction, resizes: boolean): Place[] {
  const place = places.find((one) => one.id === id);
  if (!resizes || place === undefined) return nudge(places, id, direction);
  const { w, h } = STEP[direction];
  return resize(places, id, { w: Math.max(2, place.w + w), h: Math.max(2, place.h + h) });
}

/** Moving and resizing, by hand and by key; what happened is told to those who hear it. */
function useMoves() {
  const { doc, apply } = useEditing();
  const [told, setTold] = useState("");
  const settle = useCallback(
    (id: number, what: string, places: readonly Place[], key = ""): void => {
      const title = callPanel(findPanel(doc, id) ?? {});
      const now = places.find((place) => place.id === id);
      apply(`${what} “${title}”`, (before) => setPlaces(before, places), key);
      if (now !== undefined) setTold(sayPlace(title, now));
    },
    [doc, apply],
  );
  return { told, settle };
}

function usePanelTools(onOpen: (id: number) => void) {
  const { doc, apply, undo, opened } = useEditing();
  const remove = (id: number, title: string): void => {
    apply(`Removed “${title}”`, (before) => removePanel(before, id));
    showToast(`“${title}” removed.`, "info", { label: "Undo", run: undo });
  };
  return (panel: RawPanel): Tool[] => {
    const [id, title] = [idOf(panel), callPanel(panel)];
    const swap = (step: -1 | 1) => (): void =>
      apply(`Moved “${title}”`, (before) => setPlaces(before, exchange(placesOf(before), id, step)));
    return [
      { label: "Move up", icon: "up", run: swap(-1), narrow: true },
      { label: "Move down", icon: "down", run: swap(1), narrow: true },
      { label: "Edit", icon: "edit", run: () => onOpen(id) },
      {
        label: "Duplicate",
        icon: "copy",
        run: () => apply(`Duplicated “${title}”`, () => duplicatePanel(doc, id, opened.base).doc),
      },
      { label: "Remove", icon: "trash", run: () => remove(id, title) },
    ];
  };
}

/** What a folded row holds; it opens to be edited. */
const countInside = (row: RawPanel): number => asList(row.panels).length;

export function EditGrid({ drawn, raw, newRow, onOpen, onAdd }: EditGridProps) {
  const zone = useZone();
  const { doc } = useEditing();
  const grid = useRef<HTMLDivElement>(null);
  const places = placesOf(doc);
  const { told, settle } = useMoves();
  const tools = usePanelTools(onOpen);
  const onDrop = (id: number, grip: Grip, dropped: readonly Place[]): void =>
    settle(id, grip === "move" ? "Moved" : "Resized", dropped);
  const { drag, grab } = useDrag(grid, places, onDrop);
  const onNudge = (id: number, direction: Direction, resizes: boolean): void =>
    settle(id, resizes ? "Resized" : "Moved", byKey(places, id, direction, resizes), `keys ${id}`);
  const shown = new Map((drag?.places ?? places).map((place) => [place.id, place]));
  const panels = [...panelsOf(doc)].sort(byPlace);
  if (panels.length === 0) {
    return (
      <div className={styles.empty}>
        <Empty
          title="Nothing here yet"
          actions={
            <Button icon="plus" primary onClick={onAdd}>
              Add a panel
            </Button>
          }
        >
          A panel draws what a query answers: lines over time, a number, a table.
        </Empty>
      </div>
    );
  }
  return (
    <>
      <p id="edit-keys" className={styles.unseen}>
        Arrow keys move the panel, with Shift they change its size, Enter opens it.
      </p>
      <p className={styles.unseen} role="status" aria-live="polite">
        {told}
      </p>
      <div ref={grid} className={`${styles.grid} ${drag === undefined ? "" : styles.dragging}`}>
        {drag !== undefined && <Shadow place={shown.get(drag.id)!} />}
        {panels.map((panel) => {
          const place = shown.get(idOf(panel)) ?? placeOf(panel);
          if (isRow(panel))
            return (
              <RowBar
                key={idOf(panel)}
                row={panel}
                place={place}
                folded={isFolded(panel)}
                count={countInside(panel)}
                isNew={place.id === newRow}
              />
            );
          const dragged = drag?.id === place.id;
          return (
            <GridCell
              key={idOf(panel)}
              place={place}
              title={callPanel(panel)}
              offset={dragged ? drag.offset : undefined}
              dragged={dragged}
              tools={tools(panel)}
              onGrab={grab}
              onNudge={onNudge}
              onOpen={onOpen}
            >
              <Still key={zone} panel={drawn.draw(doc, panel)} raw={raw} alone={false} />
            </GridCell>
          );
        })}
      </div>
    </>
  );
}

/** Where the dragged panel will stand. */
function Shadow({ place: { x, y, w, h } }: { place: Place }) {
  return (
    <div
      className={styles.shadow}
      style={{ gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` }}
      aria-hidden="true"
    />
  );
}
