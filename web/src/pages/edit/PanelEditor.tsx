/** One panel being edited: as it looks now, its queries below, and everything that can be set of it beside it. */

import { useRef, useState } from "react";
import { Button } from "../../components/Button";
import { asList, asText } from "../../model/json";
import type { RawRange } from "../../model/timerange";
import { findPanel, titleOf, updatePanel, type RawPanel } from "../../edit/doc";
import { changeType, formerOf, kindOf, type Former } from "../../edit/kinds";
import { readPanel } from "../../edit/shape";
import { setAt } from "../../edit/tree";
import { PanelView } from "../dashboard/PanelView";
import { Group, SwitchField, TextField } from "./fields";
import { JsonDialog } from "./JsonDialog";
import { KindPicker } from "./KindPicker";
import { LegendGroup, ThresholdGroup, TypeGroup, ValueGroup, type Change } from "./OptionFields";
import { QueryList } from "./QueryList";
import { useEditing } from "./session";
import type { Drawn } from "./usePanels";
import styles from "./PanelEditor.module.css";

interface PanelEditorProps {
  id: number;
  drawn: Drawn;
  raw: RawRange;
  onBack: () => void;
}

/** What a panel was as other types before, while one looks at them. */
function useTypes(panel: RawPanel, onChange: Change): (type: string) => void {
  const former = useRef(new Map<string, Former>());
  return (type) => {
    former.current.set(asText(panel.type) ?? "", formerOf(panel));
    const before = former.current.get(type);
    onChange((was) => changeType(was, type, before));
  };
}

/** What the panel has and nothing here sets. */
function sayKept(panel: RawPanel): string {
  const count = (value: unknown, one: string, many: string): string[] => {
    const length = asList(value).length;
    return length === 0 ? [] : [`${length} ${length === 1 ? one : many}`];
  };
  const field = panel.fieldConfig as { defaults?: { mappings?: unknown }; overrides?: unknown } | undefined;
  return [
    ...count(field?.overrides, "override", "overrides"),
    ...count(field?.defaults?.mappings, "value mapping", "value mappings"),
    ...count(panel.transformations, "transformation", "transformations"),
    ...count(panel.links, "link", "links"),
  ].join(", ");
}

export function PanelEditor({ id, drawn, raw, onBack }: PanelEditorProps) {
  const { doc, apply } = useEditing();
  const panel = findPanel(doc, id);
  const title = panel === undefined ? "" : titleOf(panel);
  const onChange: Change = (change, key) =>
    apply(
      `Changed “${title || "panel"}”`,
      (before) => updatePanel(before, id, change),
      key === undefined ? "" : `${id} ${key}`,
    );
  if (panel === undefined) {
    return (
      <div className={styles.gone}>
        <p>This panel is not on the dashboard any more.</p>
        <Button icon="left" onClick={onBack}>
          Back to the dashboard
        </Button>
      </div>
    );
  }
  const asks = kindOf(asText(panel.type) ?? "")?.asks !== false;
  return (
    <div className={styles.editor}>
      <div className={styles.main}>
        <div className={styles.preview} data-panel={id}>
          <PanelView key={asText(panel.type)} panel={drawn.draw(doc, panel)} raw={raw} alone={false} />
        </div>
        {asks ? (
          <QueryList panel={panel} onChange={onChange} />
        ) : (
          <Content panel={panel} onChange={onChange} />
        )}
      </div>
      <Options panel={panel} onChange={onChange} />
    </div>
  );
}

interface PartProps {
  panel: RawPanel;
  onChange: Change;
}

/** The text of a text panel. */
function Content({ panel, onChange }: PartProps) {
  const options = panel.options as { content?: unknown } | undefined;
  return (
    <TextField
      label="Text"
      rows={14}
      mono
      value={asText(options?.content) ?? asText(panel.content) ?? ""}
      onChange={(text) => onChange((before) => setAt(before, ["options", "content"], text), "content")}
    />
  );
}

function Options({ panel, onChange }: PartProps) {
  const [asJson, setAsJson] = useState(false);
  const kind = kindOf(asText(panel.type) ?? "");
  const onType = useTypes(panel, onChange);
  const set =
    (name: string) =>
    (value: unknown): void =>
      onChange((before) => setAt(before, [name], value === "" || value === false ? undefined : value), name);
  const kept = sayKept(panel);
  const asks = kind?.asks !== false;
  return (
    <aside className={styles.options} aria-label="Options of the panel">
      <KindPicker type={asText(panel.type) ?? ""} onChange={onType} />
      <Group title="Panel">
        <TextField
          label="Title"
          value={titleOf(panel)}
          onChange={(text) => onChange((before) => setAt(before, ["title"], text), "title")}
        />
        <TextField
          label="Description"
          rows={2}
          value={asText(panel.description) ?? ""}
          onChange={set("description")}
        />
        <SwitchField
          label="Without a background"
          value={panel.transparent === true}
          onChange={set("transparent")}
        />
      </Group>
      {asks && <ValueGroup panel={panel} onChange={onChange} />}
      <TypeGroup panel={panel} onChange={onChange} />
      {kind?.legend === true && <LegendGroup panel={panel} onChange={onChange} />}
      {(kind?.thresholds ?? asks) && <ThresholdGroup panel={panel} onChange={onChange} />}
      <div className={styles.rest}>
        {kept !== "" && <p>It also has {kept}, which stay as they are.</p>}
        <Button icon="file" onClick={() => setAsJson(true)}>
          Edit as JSON
        </Button>
      </div>
      {asJson && (
        <JsonDialog
          title="Panel as JSON"
          value={panel}
          read={(text) => readPanel(text, panel)}
          onApply={(next) => onChange(() => next)}
          onClose={() => setAsJson(false)}
        />
      )}
    </aside>
  );
}
