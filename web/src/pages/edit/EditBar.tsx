/** The bar under the title of a dashboard that is edited: undo and redo, what can be added, and what is unsaved. */

import { Button } from "../../components/Button";
import { setParams } from "../../state/location";
import { useEditing } from "./session";
import styles from "./Editor.module.css";

interface EditBarProps {
  inPanel: boolean;
  onBack: () => void;
  onAdd: () => void;
  onAddRow: () => void;
  onSettings: () => void;
  onDiscard: () => void;
}

const openHistory = (): void => setParams({ edit: undefined, editPanel: undefined, editview: "versions" });

/** A word that narrow screens leave to the icon. */
const Word = ({ children }: { children: string }) => <span className={styles.word}>{children}</span>;

export function EditBar({ inPanel, onBack, onAdd, onAddRow, onSettings, onDiscard }: EditBarProps) {
  const { undo, redo, undoes, redoes, dirty, opened } = useEditing();
  const hasHistory = opened.uid !== "" && opened.copyOnly === undefined;
  return (
    <div className={styles.bar} role="toolbar" aria-label="Editing">
      {inPanel ? (
        <Button icon="left" onClick={onBack} title="Back to the dashboard (Esc)">
          Back to the dashboard
        </Button>
      ) : (
        <>
          <Button icon="plus" onClick={onAdd} aria-label="Add a panel">
            <span>Panel</span>
          </Button>
          <Button icon="plus" onClick={onAddRow} aria-label="Add a row">
            <span>Row</span>
          </Button>
          <Button icon="gear" onClick={onSettings} aria-label="Settings" title="Title, range, variables">
            <Word>Settings</Word>
          </Button>
          {hasHistory && (
            <Button
              icon="history"
              onClick={openHistory}
              aria-label="History"
              title="Versions that were saved"
            >
              <Word>History</Word>
            </Button>
          )}
        </>
      )}
      <span className={styles.rule} />
      <Button
        quiet
        icon="undo"
        aria-label="Undo"
        title={undoes === undefined ? "Undo" : `Undo: ${undoes} (Ctrl Z)`}
        disabled={undoes === undefined}
        onClick={undo}
      />
      <Button
        quiet
        icon="redo"
        aria-label="Redo"
        title={redoes === undefined ? "Redo" : `Redo: ${redoes} (Ctrl Shift Z)`}
        disabled={redoes === undefined}
        onClick={redo}
      />
      <span className={styles.gap} />
      {dirty && (
        <>
          <span className={styles.state} title="Unsaved">
            Unsaved
          </span>
          <Button quiet onClick={onDiscard} className={styles.discard}>
            Discard
          </Button>
          <Button
            quiet
            icon="trash"
            onClick={onDiscard}
            className={styles.discardNarrow}
            aria-label="Discard"
            title="Discard"
          />
        </>
      )}
    </div>
  );
}
