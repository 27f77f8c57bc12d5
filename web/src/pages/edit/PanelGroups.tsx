/** What every panel has: its name, its links, its repeats, and what time it shows. */

import { useState } from "react";
import { Button } from "../../components/Button";
import { asList, asObject, asText } from "../../model/json";
import { titleOf, type RawPanel } from "../../edit/doc";
import { choice, isOneOf, number, toggle, words, type Option } from "../../edit/options";
import { readPanel } from "../../edit/shape";
import { getAt, setAt } from "../../edit/tree";
import { Group, SwitchField, TextField } from "./fields";
import { JsonDialog } from "./JsonDialog";
import { LinkEditor } from "./LinkEditor";
import { MappingEditor } from "./MappingEditor";
import { OptionList } from "./OptionField";
import type { Change } from "./OptionFields";
import { DATA_LINK_HINT } from "./PropertyField";
import { useEditing } from "./session";
import styles from "./PanelEditor.module.css";

interface PartProps {
  panel: RawPanel;
  onChange: Change;
}

export function PanelGroup({ panel, onChange }: PartProps) {
  const set =
    (name: string) =>
    (value: unknown): void =>
      onChange((before) => setAt(before, [name], value === "" || value === false ? undefined : value), name);
  return (
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
  );
}

const count = (value: unknown): string | undefined => {
  const { length } = asList(value);
  return length === 0 ? undefined : String(length);
};

const DEFAULTS = ["fieldConfig", "defaults"] as const;

export function MappingGroup({ panel, onChange }: PartProps) {
  const path = [...DEFAULTS, "mappings"];
  const mappings = getAt(panel, path);
  return (
    <Group title="Value mappings" summary={count(mappings)} open={asList(mappings).length > 0}>
      <MappingEditor
        value={mappings}
        onChange={(change, key) =>
          onChange((before) => setAt(before, path, change(getAt(before, path))), key)
        }
      />
    </Group>
  );
}

/** Links of the panel as a whole, and of each of its values. */
export function LinkGroups({ panel, onChange, asks }: PartProps & { asks: boolean }) {
  const path = [...DEFAULTS, "links"];
  const data = getAt(panel, path);
  return (
    <>
      <Group title="Panel links" summary={count(panel.links)} open={asList(panel.links).length > 0}>
        <LinkEditor
          value={panel.links}
          hint="May contain variables, such as ${job}, and ${__url_time_range}."
          onChange={(change, key) =>
            onChange((before) => setAt(before, ["links"], change(before.links)), key && `panel ${key}`)
          }
        />
      </Group>
      {asks && (
        <Group title="Data links" summary={count(data)} open={asList(data).length > 0}>
          <LinkEditor
            value={data}
            hint={DATA_LINK_HINT}
            onChange={(change, key) =>
              onChange((before) => setAt(before, path, change(getAt(before, path))), key && `data ${key}`)
            }
          />
        </Group>
      )}
    </>
  );
}

/** What holds for all queries of the panel. */
const TIMES: readonly Option[] = [
  words("interval", "Smallest step", { placeholder: "auto, or 30s" }),
  number("maxDataPoints", "Points at most", undefined, { min: 1, max: 11_000, placeholder: "auto" }),
  words("timeFrom", "Range of its own", { placeholder: "page's, or 6h" }),
  words("timeShift", "Shifted back by", { placeholder: "nothing, or 1d" }),
  toggle("hideTimeOverride", "The header does not say so", false, {
    when: (panel) => Boolean(asObject(panel).timeFrom) || Boolean(asObject(panel).timeShift),
  }),
];

const repeating = (names: readonly string[]): Option[] => [
  choice("repeat", "Once for each value of", [
    ["", "Nothing"],
    ...names.map((name) => [name, `$${name}`] as const),
  ]),
  choice(
    "repeatDirection",
    "Copies stand",
    [
      ["h", "Side by side"],
      ["v", "Downwards"],
    ],
    { when: (panel) => Boolean(asObject(panel).repeat) },
  ),
  number("maxPerRow", "In a line at most", 4, {
    min: 1,
    max: 24,
    when: (panel) => Boolean(asObject(panel).repeat) && isOneOf("repeatDirection", ["h"], "h")(panel),
  }),
];

export function TimeGroup({ panel, onChange, asks }: PartProps & { asks: boolean }) {
  const { doc } = useEditing();
  const names = asList(asObject(doc.templating).list).map((one) => asText(asObject(one).name) ?? "");
  const options = [...(asks ? TIMES : []), ...(names.length > 0 || panel.repeat ? repeating(names) : [])];
  if (options.length === 0) return null;
  const said = [asText(panel.timeFrom), asText(panel.timeShift), panel.repeat && `$${asText(panel.repeat)!}`];
  return (
    <Group
      title="Time and repeats"
      summary={said.filter(Boolean).join(", ") || undefined}
      open={said.some(Boolean)}
    >
      <OptionList
        options={options}
        json={panel}
        onChange={(change, key) => onChange((before) => change(before) as RawPanel, key)}
      />
    </Group>
  );
}

export function AsJson({ panel, onChange }: PartProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className={styles.rest}>
      <Button icon="file" onClick={() => setOpen(true)}>
        Edit as JSON
      </Button>
      {open && (
        <JsonDialog
          title="Panel as JSON"
          value={panel}
          read={(text) => readPanel(text, panel)}
          onApply={(next) => onChange(() => next)}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}
