/** The panel's document, and what its queries answered, as JSON. */

import { useMemo, useState } from "react";
import { Button } from "../components/Button";
import { fileName, saveFile } from "../export/save";
import type { Panel } from "../model/dashboard";
import type { PanelData } from "../query/panel";
import { copyText } from "../state/clipboard";
import { answerText, panelText } from "./json";
import styles from "./Inspector.module.css";

/** More than this is not read on a screen; the file has all of it. */
const MOST_SHOWN = 200_000;

export function JsonTab({ panel, data }: { panel: Panel; data: PanelData }) {
  const [what, setWhat] = useState<"panel" | "answer">("panel");
  const text = useMemo(() => (what === "panel" ? panelText(panel) : answerText(data)), [what, panel, data]);
  const save = (): void =>
    saveFile(new Blob([text], { type: "application/json" }), fileName(`${panel.title}-${what}`, "json"));
  return (
    <>
      <div className={styles.bar}>
        <select
          aria-label="JSON of"
          value={what}
          onChange={(event) => setWhat(event.target.value as typeof what)}
        >
          <option value="panel">Panel</option>
          <option value="answer">Answer</option>
        </select>
        <span className={styles.space} />
        <Button icon="copy" onClick={() => void copyText(text, "JSON")}>
          Copy JSON
        </Button>
        <Button icon="download" onClick={save}>
          Download JSON
        </Button>
      </div>
      {text.length > MOST_SHOWN && (
        <p className={styles.count}>
          The first {MOST_SHOWN.toLocaleString("en")} characters of {text.length.toLocaleString("en")}.
        </p>
      )}
      <pre
        className={styles.json}
        tabIndex={0}
        aria-label={what === "panel" ? "JSON of the panel" : "JSON of the answer"}
      >
        {text.slice(0, MOST_SHOWN)}
      </pre>
    </>
  );
}
