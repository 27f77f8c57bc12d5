/** What belongs to the dashboard as a whole: its name, its range, and its variables. */

import { useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { asObject, asText, asTexts } from "../../model/json";
import { resolveRange } from "../../model/timerange";
import { readDashboard } from "../../edit/shape";
import { setAt, type Path } from "../../edit/tree";
import { ChoiceField, SwitchField, TextField } from "./fields";
import { JsonDialog } from "./JsonDialog";
import { useEditing } from "./session";
import { VariableList } from "./VariableList";
import type { RawRange } from "../../model/timerange";
import styles from "./SettingsDialog.module.css";

const REFRESH = [
  ["", "Off"],
  ["1s", "Every second"],
  ["5s", "Every 5 seconds"],
  ["10s", "Every 10 seconds"],
  ["30s", "Every 30 seconds"],
  ["1m", "Every minute"],
  ["5m", "Every 5 minutes"],
] as const;

const LOADED_MS = Date.now();

function useSetting() {
  const { doc, apply } = useEditing();
  const set =
    (path: Path, what: string) =>
    (value: unknown): void =>
      apply(
        `Changed the ${what}`,
        (before) => setAt(before, path, value === "" ? undefined : value),
        path.join("."),
      );
  return { doc, set };
}

function Tags({ tags, onChange }: { tags: readonly string[]; onChange: (tags: readonly string[]) => void }) {
  const [text, setText] = useState(tags.join(", "));
  const tell = (next: string): void => {
    setText(next);
    const named = next.split(",").map((tag) => tag.trim());
    onChange([...new Set(named.filter((tag) => tag !== ""))]);
  };
  return <TextField label="Tags" hint="With commas between them." value={text} onChange={tell} />;
}

/** The range that the page begins with. */
function Times() {
  const { doc, set } = useSetting();
  const { from, to } = asObject(doc.time);
  const raw = { from: asText(from) ?? "now-1h", to: asText(to) ?? "now" };
  const wrong = resolveRange(raw, LOADED_MS) === undefined;
  return (
    <div className={styles.three}>
      <TextField
        label="From"
        value={raw.from}
        list={["now-15m", "now-1h", "now-6h", "now-24h", "now-7d"]}
        fault={wrong ? "This is no range." : undefined}
        onChange={set(["time", "from"], "range")}
      />
      <TextField label="To" value={raw.to} list={["now"]} onChange={set(["time", "to"], "range")} />
      <ChoiceField
        label="Refresh"
        value={typeof doc.refresh === "string" ? doc.refresh : ""}
        choices={REFRESH}
        onChange={set(["refresh"], "refresh")}
      />
    </div>
  );
}

function General() {
  const { doc, set } = useSetting();
  const { apply } = useEditing();
  const [asJson, setAsJson] = useState(false);
  return (
    <div className={styles.fields}>
      <TextField label="Title" value={asText(doc.title) ?? ""} onChange={set(["title"], "title")} />
      <TextField
        label="Description"
        rows={2}
        value={asText(doc.description) ?? ""}
        onChange={set(["description"], "description")}
      />
      <Tags tags={asTexts(doc.tags)} onChange={set(["tags"], "tags")} />
      <Times />
      <SwitchField
        label="Hovering one chart shows the time on all of them"
        value={doc.graphTooltip === 1 || doc.graphTooltip === 2}
        onChange={(on) => set(["graphTooltip"], "crosshair")(on ? 1 : 0)}
      />
      <div>
        <Button icon="file" onClick={() => setAsJson(true)}>
          Edit as JSON
        </Button>
      </div>
      {asJson && (
        <JsonDialog
          title="Dashboard as JSON"
          value={doc}
          read={(text) => readDashboard(text, doc)}
          onApply={(next) => apply("Changed the JSON", () => next)}
          onClose={() => setAsJson(false)}
        />
      )}
    </div>
  );
}

const TABS = ["General", "Variables"] as const;

export function SettingsDialog({ raw, onClose }: { raw: RawRange; onClose: () => void }) {
  const [tab, setTab] = useState<(typeof TABS)[number]>("General");
  return (
    <Dialog title="Settings of the dashboard" wide onClose={onClose}>
      <div className={styles.tabs} role="tablist" aria-label="Settings">
        {TABS.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === tab}
            aria-controls="settings"
            onClick={() => setTab(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div id="settings" role="tabpanel" aria-labelledby={`tab-${tab}`} className={styles.body}>
        {tab === "General" ? <General /> : <VariableList raw={raw} />}
      </div>
      <footer className={styles.foot}>
        <Button primary onClick={onClose}>
          Done
        </Button>
      </footer>
    </Dialog>
  );
}
