/** The frame of a panel: title, what is to be said about it, its menu, and a hairline that moves while it is fetched. */

import { useState, type ReactNode, type Ref } from "react";
import { Icon } from "./icons";
import { Menu, type MenuGroups } from "./Menu";
import { Toggletip } from "./Toggletip";
import styles from "./PanelFrame.module.css";

/** Something of the document that is read otherwise than it was written. */
export interface FrameNote {
  path: string;
  message: string;
  /** It has no effect here. */
  lost: boolean;
}

/** Words at the right of the header: why the data are old or partial. */
export interface FrameHint {
  long: string;
  /** The same for a narrow header. */
  short: string;
  /** What it means, for who asks. */
  about: string;
}

interface PanelFrameProps {
  title: string;
  description: string;
  hint?: FrameHint | undefined;
  warnings: readonly string[];
  /** Names of metrics that are asked for in vain while others are drawn. */
  missing: readonly string[];
  notes: readonly FrameNote[];
  failed: boolean;
  fetching: boolean;
  /** Old data, shown for want of newer. */
  dimmed: boolean;
  flush: boolean;
  transparent: boolean;
  /** Absent where the panel has no menu. */
  menu?: (() => Promise<MenuGroups>) | undefined;
  frameRef?: Ref<HTMLElement>;
  bodyRef: Ref<HTMLDivElement>;
  children: ReactNode;
}

/** A chip that says that something was translated, and what. */
function Notes({ notes }: Pick<PanelFrameProps, "notes">) {
  const lost = notes.some((note) => note.lost);
  return (
    <Toggletip
      label={`Translated: ${notes.length === 1 ? "1 note" : `${notes.length} notes`}`}
      className={`${styles.chip} ${lost ? styles.lossy : ""}`}
      face={
        <>
          <Icon name="swap" size={12} />
          <span className={styles.chipText}>translated</span>
        </>
      }
    >
      <ul className={styles.list}>
        {notes.map(({ message, path, lost: isLost }, at) => (
          <li key={at}>
            {isLost && <b>No effect here: </b>}
            {message}
            {path !== "" && <code>{path}</code>}
          </li>
        ))}
      </ul>
    </Toggletip>
  );
}

function Warnings({ warnings }: Pick<PanelFrameProps, "warnings">) {
  const text = warnings.join("\n");
  return (
    <Toggletip label={text} className={styles.warning} face={<Icon name="warning" size={14} />}>
      {text}
    </Toggletip>
  );
}

/** Says that a part of what is asked for is not there, and which. */
function Missing({ missing }: Pick<PanelFrameProps, "missing">) {
  return (
    <Toggletip
      label={`Not collected: ${missing.join(", ")}`}
      className={styles.chip}
      face={
        <>
          <Icon name="warning" size={12} />
          {missing.length}
          <span className={styles.chipText}>missing</span>
        </>
      }
    >
      Not collected:
      <ul className={styles.names}>
        {missing.map((name) => (
          <li key={name}>
            <code>{name}</code>
          </li>
        ))}
      </ul>
    </Toggletip>
  );
}

/** An icon, and as many words as the title leaves room for. */
function Hint({ hint: { long, short, about } }: { hint: FrameHint }) {
  return (
    <Toggletip
      label={long}
      className={styles.hint}
      face={
        <>
          <Icon name="clock" size={13} />
          <span className={styles.long}>{long}</span>
          <span className={styles.short}>{short}</span>
        </>
      }
    >
      {about}
    </Toggletip>
  );
}

type HeaderProps = Pick<
  PanelFrameProps,
  "title" | "description" | "hint" | "warnings" | "missing" | "notes" | "menu"
>;

/** What lies over the title's end as long as somebody points at the panel, or has gone there by keyboard. */
function Tools({ title, description, notes, menu }: HeaderProps) {
  const [open, setOpen] = useState(false);
  const lost = notes.some((note) => note.lost);
  return (
    <div className={open ? styles.toolsOpen : styles.tools} data-no-image>
      {notes.length > 0 && !lost && <Notes notes={notes} />}
      {description !== "" && (
        <Toggletip label="Description" title={description} face={<Icon name="info" size={14} />}>
          {description}
        </Toggletip>
      )}
      {menu !== undefined && (
        <Menu
          label={`Menu of ${title || "panel"}`}
          icon="more"
          groups={menu}
          onOpen={setOpen}
          className={styles.menu}
        />
      )}
    </div>
  );
}

function Header(props: HeaderProps) {
  const { title, description, hint, warnings, missing, notes, menu } = props;
  return (
    <header className={title === "" ? styles.untitled : styles.header}>
      <h2 className={styles.title} title={title}>
        {title}
      </h2>
      {notes.some(({ lost }) => lost) && <Notes notes={notes} />}
      {warnings.length > 0 && <Warnings warnings={warnings} />}
      {missing.length > 0 && <Missing missing={missing} />}
      {hint !== undefined && <Hint hint={hint} />}
      {(description !== "" || menu !== undefined || notes.length > 0) && <Tools {...props} />}
    </header>
  );
}

/** Draws the frame around a panel's content. */
export function PanelFrame(props: PanelFrameProps) {
  const { title, failed, fetching, dimmed, flush, transparent, frameRef, bodyRef, children } = props;
  const classes = [styles.frame, failed && styles.failed, transparent && styles.transparent]
    .filter(Boolean)
    .join(" ");
  return (
    <section ref={frameRef} className={classes} aria-label={title}>
      {fetching && <div className={styles.progress} data-no-image />}
      <Header {...props} />
      <div
        ref={bodyRef}
        className={`${styles.body} ${flush ? "" : styles.padded} ${dimmed ? styles.dimmed : ""}`}
      >
        {children}
      </div>
    </section>
  );
}
