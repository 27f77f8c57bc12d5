/** One panel being edited: as it looks now, what it asks and makes of it below, and everything that can be set beside it. */

import { useEffect, useId, useMemo, useRef, useState, type RefObject } from "react";
import { Button } from "../../components/Button";
import { asText } from "../../model/json";
import type { RawRange } from "../../model/timerange";
import type { Panel } from "../../model/dashboard";
import { changeType, formerOf, type Former } from "../../edit/changetype";
import { findPanel, titleOf, updatePanel, type RawPanel } from "../../edit/doc";
import { kindOf } from "../../edit/kinds";
import { queriesOf } from "../../edit/queries";
import { stepsOf } from "../../edit/steps";
import { setAt } from "../../edit/tree";
import type { PanelFrame } from "../../query/panel";
import { useZone } from "../../state/zone";
import { PanelView } from "../dashboard/PanelView";
import { TextField } from "./fields";
import { KindPicker } from "./KindPicker";
import { LegendGroup, ThresholdGroup, TypeGroups, ValueGroup, type Change } from "./OptionFields";
import { OverrideGroup } from "./OverrideGroup";
import { AsJson, LinkGroups, MappingGroup, PanelGroup, TimeGroup } from "./PanelGroups";
import { QueryList } from "./QueryList";
import { seenAfter, SeenContext, useAnswers } from "./seen";
import { useEditing } from "./session";
import { tabIds, Tabs } from "./Tabs";
import { TransformList } from "./TransformList";
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

export function PanelEditor({ id, drawn, raw, onBack }: PanelEditorProps) {
  const { doc } = useEditing();
  const panel = findPanel(doc, id);
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
  return <Found id={id} panel={panel} shown={drawn.draw(doc, panel)} raw={raw} />;
}

interface FoundProps {
  id: number;
  panel: RawPanel;
  /** The same as it is drawn. */
  shown: Panel;
  raw: RawRange;
}

function Found({ id, panel, shown, raw }: FoundProps) {
  const { apply } = useEditing();
  const zone = useZone();
  const answers = useAnswers(shown);
  const seen = useMemo(() => seenAfter(answers, shown, shown.transformations.length), [answers, shown]);
  const onChange: Change = (change, key) =>
    apply(
      `Changed “${titleOf(panel) || "panel"}”`,
      (before) => updatePanel(before, id, change),
      key === undefined ? "" : `${id} ${key}`,
    );
  const asks = kindOf(asText(panel.type) ?? "")?.asks !== false;
  return (
    <SeenContext value={seen}>
      <div className={styles.editor}>
        <div className={styles.main}>
          <div className={styles.preview} data-panel={id}>
            <PanelView key={`${asText(panel.type) ?? ""} ${zone}`} panel={shown} raw={raw} alone={false} />
          </div>
          {asks && <Source {...{ panel, shown, answers, onChange }} />}
          {panel.type === "text" && <Content panel={panel} onChange={onChange} />}
        </div>
        <Options panel={panel} onChange={onChange} asks={asks} />
      </div>
    </SeenContext>
  );
}

interface PartProps {
  panel: RawPanel;
  onChange: Change;
}

type Tab = "queries" | "transformations";

const counted = (word: string, count: number): string => (count === 0 ? word : `${word} ${count}`);

/** What the panel asks, and what it makes of the answers. */
function Source(props: PartProps & { shown: Panel; answers: readonly PanelFrame[] }) {
  const { panel, onChange } = props;
  const id = useId();
  const [tab, setTab] = useState<Tab>("queries");
  const ids = tabIds(id, tab);
  return (
    <>
      <Tabs
        label="Data of the panel"
        id={id}
        className={styles.tabs!}
        tabs={[
          ["queries", counted("Queries", queriesOf(panel).length)],
          ["transformations", counted("Transformations", stepsOf(panel).length)],
        ]}
        chosen={tab}
        onChoose={setTab}
      />
      <div id={ids.panel} role="tabpanel" aria-labelledby={ids.tab} className={styles.data}>
        {tab === "queries" ? <QueryList panel={panel} onChange={onChange} /> : <TransformList {...props} />}
      </div>
    </>
  );
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

/** Says in the style how far below the top of the page the options begin, which end with the window. */
function useRoom(): RefObject<HTMLElement | null> {
  const options = useRef<HTMLElement>(null);
  useEffect(() => {
    const { parentElement: editor, style } = options.current!;
    const measure = (): void => {
      const top = editor!.getBoundingClientRect().top + window.scrollY;
      style.setProperty("--begins", `${Math.round(top)}px`);
    };
    // Notices and variables above come and go, and make the page longer or shorter.
    const observer = new ResizeObserver(measure);
    for (const one of [editor!.parentElement!, ...editor!.parentElement!.children]) observer.observe(one);
    return () => observer.disconnect();
  }, []);
  return options;
}

function Options({ panel, onChange, asks }: PartProps & { asks: boolean }) {
  const kind = kindOf(asText(panel.type) ?? "");
  const onType = useTypes(panel, onChange);
  const part = { panel, onChange };
  return (
    <aside ref={useRoom()} className={styles.options} aria-label="Options of the panel">
      <KindPicker type={asText(panel.type) ?? ""} onChange={onType} />
      <PanelGroup {...part} />
      {asks && <ValueGroup {...part} />}
      {kind !== undefined && <TypeGroups {...part} kind={kind} />}
      {kind?.legend !== undefined && <LegendGroup {...part} kind={kind} />}
      {(kind?.thresholds ?? asks) && <ThresholdGroup {...part} />}
      {(kind?.mappings ?? asks) && <MappingGroup {...part} />}
      {asks && <OverrideGroup {...part} />}
      <LinkGroups {...part} asks={asks} />
      <TimeGroup {...part} asks={asks} />
      <AsJson {...part} />
    </aside>
  );
}
