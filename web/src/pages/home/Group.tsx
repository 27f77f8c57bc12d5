/** Dashboards under one heading, which can be closed; the heading of a folder also renames and deletes it. */

import { useId, useState } from "react";
import type { Folder } from "../../api/library";
import type { DashboardHit } from "../../api/catalog";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { Choice, Popover } from "../../components/Popover";
import { makeStored, parseTexts } from "../../state/stored";
import { useStore } from "../../state/store";
import styles from "./Group.module.css";
import type { Section } from "./listing";
import { Row, type RowActions } from "./Row";

export interface FolderActions {
  onRename: (folder: Folder) => void;
  onDelete: (folder: Folder) => void;
}

/** Headings that are closed. */
const closed = makeStored("folders-closed", parseTexts(500, 100));

function toggle(key: string): void {
  const others = closed.get().filter((other) => other !== key);
  closed.set(others.length < closed.get().length ? others : [key, ...others]);
}

/** More rows than these are shown on demand. */
const MOST_ROWS = 100;

function FolderMenu({ folder, empty, actions }: { folder: Folder; empty: boolean; actions: FolderActions }) {
  const [open, setOpen] = useState(false);
  const after = (run: (folder: Folder) => void) => (): void => {
    setOpen(false);
    run(folder);
  };
  return (
    <Popover label={`More of the folder ${folder.title}`} icon="more" quiet open={open} onOpen={setOpen}>
      <Choice icon={<Icon name="format" />} onChoose={after(actions.onRename)}>
        Rename…
      </Choice>
      {empty ? (
        <Choice icon={<Icon name="trash" />} onChoose={after(actions.onDelete)}>
          Delete
        </Choice>
      ) : (
        <p className={styles.why}>Only an empty folder can be deleted: move what is in it first.</p>
      )}
    </Popover>
  );
}

interface GroupProps {
  section: Section;
  selected: ReadonlySet<string>;
  nowMs: number;
  rows: RowActions;
  folders: FolderActions;
}

export function Group({ section, selected, nowMs, rows, folders }: GroupProps) {
  const { key, kind, title, folder, hits, note, to } = section;
  const id = useId();
  const [all, setAll] = useState(false);
  const closable = kind !== "found";
  const open = !useStore(closed).includes(key) || !closable;
  return (
    <section className={styles.group} aria-labelledby={id}>
      <header className={styles.header}>
        <h2 id={id} className={styles.heading}>
          {closable ? (
            <button type="button" aria-expanded={open} onClick={() => toggle(key)}>
              <Icon name={open ? "down" : "right"} size={14} />
              {folder !== undefined && <Icon name="folder" size={14} />}
              <span title={title}>{title}</span>
              <small>{hits.length}</small>
            </button>
          ) : (
            <span role="status">{title}</span>
          )}
        </h2>
        {to !== undefined && (
          <Link to={to} className={styles.about}>
            About {title}
          </Link>
        )}
        {folder !== undefined && <FolderMenu folder={folder} empty={hits.length === 0} actions={folders} />}
      </header>
      {note !== undefined && (
        <p className={styles.note} role="status">
          {note}
        </p>
      )}
      {open && hits.length > 0 && (
        <ul className={styles.rows}>
          {(all ? hits : hits.slice(0, MOST_ROWS)).map((hit: DashboardHit) => (
            <Row
              key={hit.uid}
              hit={hit}
              selected={selected.has(hit.uid)}
              withFolder={kind === "found"}
              nowMs={nowMs}
              actions={rows}
            />
          ))}
        </ul>
      )}
      {open && kind === "folder" && hits.length === 0 && (
        <p className={styles.empty}>Nothing in this folder yet.</p>
      )}
      {open && !all && hits.length > MOST_ROWS && (
        <Button className={styles.all} onClick={() => setAll(true)}>
          Show all {hits.length}
        </Button>
      )}
    </section>
  );
}
