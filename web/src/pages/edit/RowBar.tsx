/** A row on the page that is edited: its title, folding, its place among the rows, and taking it away. */

import { useState, type CSSProperties } from "react";
import { Button } from "../../components/Button";
import { Choice, Popover } from "../../components/Popover";
import {
  idOf,
  moveSection,
  removePanel,
  removeSection,
  setPanel,
  titleOf,
  toggleRow,
  type Doc,
  type RawPanel,
} from "../../edit/doc";
import type { Place } from "../../edit/grid";
import { showToast } from "../../state/toasts";
import { useEditing } from "./session";
import styles from "./grid.module.css";

interface RowBarProps {
  row: RawPanel;
  place: Place;
  folded: boolean;
  /** Panels inside of it while it is folded. */
  count: number;
  /** Has just been added. */
  isNew: boolean;
}

/** A new row stands below everything: it is brought into view, and its name is there to be typed over. */
function begin(title: HTMLInputElement | null): void {
  title?.scrollIntoView({ block: "center" });
  title?.select();
}

export function RowBar({ row, place, folded, count, isNew }: RowBarProps) {
  const { apply, undo } = useEditing();
  const [open, setOpen] = useState(false);
  const [id, title] = [idOf(row), titleOf(row)];
  const called = title || "row";
  const remove = (change: (doc: Doc, id: number) => Doc): void => {
    setOpen(false);
    apply(`Removed the row “${called}”`, (doc) => change(doc, id));
    showToast(`Row “${called}” removed.`, "info", { label: "Undo", run: undo });
  };
  const shift = (step: -1 | 1) => (): void =>
    apply(`Moved the row “${called}”`, (doc) => moveSection(doc, id, step));
  return (
    <div className={styles.row} style={{ "--y": place.y + 1 } as CSSProperties} data-row={id}>
      <Button
        quiet
        icon={folded ? "right" : "down"}
        aria-expanded={!folded}
        aria-label={`${folded ? "Open" : "Fold"} ${called}`}
        onClick={() => apply(`${folded ? "Opened" : "Folded"} “${called}”`, (doc) => toggleRow(doc, id))}
      />
      <input
        ref={isNew ? begin : undefined}
        className={styles.rowTitle}
        aria-label="Title of the row"
        value={title}
        placeholder="Row"
        spellCheck={false}
        size={Math.max(6, title.length)}
        onChange={(event) => {
          const text = event.target.value;
          apply(`Renamed the row to “${text}”`, (doc) => setPanel(doc, id, ["title"], text), `row ${id}`);
        }}
      />
      {folded && <span className={styles.count}>{count === 1 ? "1 panel" : `${count} panels`}</span>}
      <span className={styles.rowTools}>
        <Button quiet icon="up" aria-label={`Move ${called} up`} title="Move up" onClick={shift(-1)} />
        <Button quiet icon="down" aria-label={`Move ${called} down`} title="Move down" onClick={shift(1)} />
        <Popover label={`Remove ${called}`} icon="trash" quiet open={open} onOpen={setOpen}>
          <Choice onChoose={() => remove(removePanel)}>The row alone</Choice>
          <Choice onChoose={() => remove(removeSection)}>The row with its panels</Choice>
        </Popover>
      </span>
    </div>
  );
}
