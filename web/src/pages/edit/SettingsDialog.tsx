/** What belongs to the dashboard as a whole: its name, its range, its variables, annotations and links. */

import { useId, useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { asObject, asText, asTexts } from "../../model/json";
import { resolveRange, UNSAID_RANGE, type RawRange } from "../../model/timerange";
import { listZones, sayZone, zoneToday } from "../../model/zonelist";
import { readDashboard } from "../../edit/shape";
import { setAt, type Path } from "../../edit/tree";
import { ChoiceField, SwitchField, TextField, type Choices } from "./fields";
import { EventListEditor } from "./EventListEditor";
import { JsonDialog } from "./JsonDialog";
import { PageLinkEditor } from "./PageLinkEditor";
import { useEditing } from "./session";
import { tabIds, Tabs } from "./Tabs";
import { TagsField } from "./TagsField";
import { VariableList } from "./VariableList";
import type { Doc } from "../../edit/doc";
import styles from "./SettingsDialog.module.css";

const REFRESH = [
  ["", "As the server is set"],
  ["off", "Off"],
  ["1s", "Every second"],
  ["5s", "Every 5 seconds"],
  ["10s", "Every 10 seconds"],
  ["30s", "Every 30 seconds"],
  ["1m", "Every minute"],
  ["5m", "Every 5 minutes"],
] as const;

/** No key: as the server is set. An empty one is Grafana's way to say never. */
const refreshOf = (doc: Doc): string => ("refresh" in doc ? asText(doc.refresh) || "off" : "");

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
  const setRefresh = (value: string): void =>
    apply(
      "Changed the refresh",
      (before) => setAt(before, ["refresh"], value === "" ? undefined : value === "off" ? "" : value),
      "refresh",
    );
  return { doc, set, setRefresh };
}

/** Grafana writes UTC in several ways. */
const zoneOf = (raw: unknown): string => {
  const zone = asText(raw) ?? "";
  return /^utc$/i.test(zone) ? "utc" : zone === "" ? "browser" : zoneToday(zone);
};

const zoneChoices = (): Choices => [
  ["browser", "That of the reader"],
  ["utc", "UTC"],
  ...listZones().map((name) => [name, sayZone(name)] as const),
];

/** The range that the page begins with, and in which zone it writes times. */
function Times() {
  const { doc, set, setRefresh } = useSetting();
  const { from, to } = asObject(doc.time);
  const raw = { from: asText(from) ?? UNSAID_RANGE.from, to: asText(to) ?? UNSAID_RANGE.to };
  const wrong = resolveRange(raw, LOADED_MS) === undefined;
  const [zones] = useState(zoneChoices);
  const setZone = set(["timezone"], "time zone");
  return (
    <div className={styles.times}>
      <TextField
        label="From"
        value={raw.from}
        list={["now-15m", "now-1h", "now-6h", "now-24h", "now-7d"]}
        fault={wrong ? "This is no range." : undefined}
        onChange={set(["time", "from"], "range")}
      />
      <TextField label="To" value={raw.to} list={["now"]} onChange={set(["time", "to"], "range")} />
      <ChoiceField label="Refresh" value={refreshOf(doc)} choices={REFRESH} onChange={setRefresh} />
      <ChoiceField
        label="Time zone"
        value={zoneOf(doc.timezone)}
        choices={zones}
        onChange={(zone) => setZone(zoneToday(zone))}
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
      <TextField
        label="Title"
        value={asText(doc.title) ?? ""}
        fault={(asText(doc.title) ?? "").trim() === "" ? "A dashboard needs a title." : undefined}
        onChange={set(["title"], "title")}
      />
      <TextField
        label="Description"
        rows={2}
        value={asText(doc.description) ?? ""}
        onChange={set(["description"], "description")}
      />
      <TagsField tags={asTexts(doc.tags)} onChange={set(["tags"], "tags")} />
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

const TABS = [
  ["general", "General"],
  ["variables", "Variables"],
  ["annotations", "Annotations"],
  ["links", "Links"],
] as const;

type Tab = (typeof TABS)[number][0];

export function SettingsDialog({ raw, onClose }: { raw: RawRange; onClose: () => void }) {
  const id = useId();
  const [tab, setTab] = useState<Tab>("general");
  const ids = tabIds(id, tab);
  return (
    <Dialog title="Settings of the dashboard" wide onClose={onClose}>
      <Tabs label="Settings" id={id} className={styles.tabs!} tabs={TABS} chosen={tab} onChoose={setTab} />
      <div id={ids.panel} role="tabpanel" aria-labelledby={ids.tab} className={styles.body}>
        {tab === "general" && <General />}
        {tab === "variables" && <VariableList raw={raw} />}
        {tab === "annotations" && <EventListEditor raw={raw} />}
        {tab === "links" && <PageLinkEditor />}
      </div>
      <footer className={styles.foot}>
        <Button primary onClick={onClose}>
          Done
        </Button>
      </footer>
    </Dialog>
  );
}
