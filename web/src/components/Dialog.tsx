/** A modal box: the browser's own dialog, which keeps the focus inside and closes on Escape. */

import { useEffect, useRef, type ReactNode } from "react";
import { Button } from "./Button";
import styles from "./Dialog.module.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  wide?: boolean;
  /** Takes much of the window: for lists of many. */
  broad?: boolean;
  children: ReactNode;
}

/** The focus goes back to where it was, unless something else has taken it: a dialog that is gone cannot do it. */
function giveBack(opener: Element | null): void {
  const now = document.activeElement;
  const isFree = now === null || now === document.body || now.closest("dialog:not([open])") !== null;
  if (isFree && opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
}

/** Open as long as it is rendered. */
export function Dialog({ title, onClose, wide = false, broad = false, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current!;
    const opener = document.activeElement;
    dialog.showModal();
    dialog.querySelector<HTMLElement>("[data-autofocus]")?.focus(); // else the first button has it
    return () => {
      dialog.close();
      giveBack(opener);
    };
  }, []);
  return (
    <dialog
      ref={box}
      className={`${styles.dialog} ${broad ? styles.broad : wide ? styles.wide : ""}`}
      aria-label={title}
      onCancel={onClose}
      onClick={(event) => event.target === box.current && onClose()}
    >
      <div className={styles.inside}>
        <header className={styles.header}>
          <h2>{title}</h2>
          <Button quiet icon="close" aria-label="Close" onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
