/** A panel or dashboard as JSON, which may be changed; a fault is said with its line, and shown there. */

import { useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { copyText } from "../../state/clipboard";
import { JsonFault } from "../../edit/jsontext";
import type { Json } from "../../model/json";
import styles from "./JsonDialog.module.css";

interface JsonDialogProps {
  title: string;
  value: Json;
  /** Reads what was typed; throws what is wrong with it. */
  read: (text: string) => Json;
  onApply: (value: Json) => void;
  onClose: () => void;
}

/** Puts the caret at a fault, and the line into view. */
function showFault(box: HTMLTextAreaElement, { line, column }: JsonFault): void {
  const lines = box.value.split("\n");
  const offset = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  box.focus();
  box.setSelectionRange(offset, Math.min(box.value.length, offset + 1));
  box.scrollTop = Math.max(0, (line - 5) * (box.scrollHeight / lines.length));
}

export function JsonDialog({ title, value, read, onApply, onClose }: JsonDialogProps) {
  const first = useMemo(() => JSON.stringify(value, null, 2), [value]);
  const [text, setText] = useState(first);
  const [fault, setFault] = useState<string>();
  const box = useRef<HTMLTextAreaElement>(null);
  const submit = (): void => {
    try {
      const next = read(text);
      if (text !== first) onApply(next);
      onClose();
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
      if (error instanceof JsonFault) showFault(box.current!, error);
    }
  };
  return (
    <Dialog title={title} wide onClose={onClose}>
      <textarea
        ref={box}
        className={styles.text}
        aria-label={title}
        aria-invalid={fault !== undefined}
        aria-describedby="json-fault"
        value={text}
        spellCheck={false}
        wrap="off"
        onChange={(event) => {
          setText(event.target.value);
          setFault(undefined);
        }}
      />
      <p id="json-fault" role="alert" className={styles.fault}>
        {fault}
      </p>
      <footer className={styles.foot}>
        <Button icon="copy" onClick={() => void copyText(text, "JSON")}>
          Copy
        </Button>
        <span />
        <Button onClick={onClose}>Cancel</Button>
        <Button primary onClick={submit}>
          Apply
        </Button>
      </footer>
    </Dialog>
  );
}
