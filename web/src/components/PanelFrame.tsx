/** The frame of a panel: title, hint, menu, and a hairline that moves while something is fetched. */

import { useState, type ReactNode, type Ref } from "react";
import { Icon } from "./icons";
import { Choice, Popover } from "./Popover";
import styles from "./PanelFrame.module.css";

export interface PanelAction {
  label: string;
  run: () => void;
  chosen?: boolean;
}

interface PanelFrameProps {
  title: string;
  description: string;
  /** A word at the right of the header: why the data are old or partial. */
  hint?: string | undefined;
  /** The same for a narrow header. */
  shortHint?: string | undefined;
  warning?: string | undefined;
  failed: boolean;
  fetching: boolean;
  /** Old data, shown for want of newer. */
  dimmed: boolean;
  flush: boolean;
  transparent: boolean;
  actions: readonly PanelAction[];
  bodyRef: Ref<HTMLDivElement>;
  children: ReactNode;
}

function Header({
  title,
  description,
  hint,
  shortHint,
  warning,
  actions,
}: Pick<PanelFrameProps, "title" | "description" | "hint" | "shortHint" | "warning" | "actions">) {
  const [open, setOpen] = useState(false);
  return (
    <header className={styles.header}>
      <h2 className={styles.title} title={title}>
        {title}
      </h2>
      {warning !== undefined && (
        <span className={styles.warning} role="img" aria-label={warning} title={warning}>
          <Icon name="warning" size={14} />
        </span>
      )}
      {hint !== undefined && (
        <span className={styles.hint} title={hint}>
          <span className={styles.long}>{hint}</span>
          <span className={styles.short}>{shortHint ?? hint}</span>
        </span>
      )}
      {(description !== "" || actions.length > 0) && (
        <div className={open ? styles.toolsOpen : styles.tools}>
          {description !== "" && (
            <span className={styles.info} role="img" aria-label={description} title={description}>
              <Icon name="info" size={14} />
            </span>
          )}
          {actions.length > 0 && (
            <Popover
              label={`Menu of ${title || "panel"}`}
              icon="more"
              quiet
              open={open}
              onOpen={setOpen}
              className={styles.menu!}
            >
              {actions.map(({ label, run, chosen }) => (
                <Choice
                  key={label}
                  {...(chosen === undefined ? {} : { chosen })}
                  onChoose={() => {
                    setOpen(false);
                    run();
                  }}
                >
                  {label}
                </Choice>
              ))}
            </Popover>
          )}
        </div>
      )}
    </header>
  );
}

/** Draws the frame around a panel's content. */
export function PanelFrame(props: PanelFrameProps) {
  const { title, failed, fetching, dimmed, flush, transparent, bodyRef, children } = props;
  const classes = [styles.frame, failed && styles.failed, transparent && styles.transparent]
    .filter(Boolean)
    .join(" ");
  return (
    <section className={classes} aria-label={title}>
      {fetching && <div className={styles.progress} />}
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
