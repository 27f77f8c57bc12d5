/** The transformations of a panel: added, ordered, left out, removed, each with its options and what it gives. */

import { useMemo, useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { SearchField } from "../../components/SearchField";
import { asObject, asText, type Json } from "../../model/json";
import type { Panel } from "../../model/dashboard";
import type { RawPanel } from "../../edit/doc";
import { sayJson } from "../../edit/overrides";
import {
  addStep,
  changeOptions,
  moveStep,
  queryOfStep,
  removeStep,
  setQueryOfStep,
  stepsOf,
  toggleStep,
} from "../../edit/steps";
import { TRANSFORMS, transformOf } from "../../edit/transformlist";
import type { PanelFrame } from "../../query/panel";
import { Card, useOpenCard } from "./Card";
import { ChoiceField } from "./fields";
import { moveFocus } from "./KindPicker";
import { OptionList } from "./OptionField";
import type { Change } from "./OptionFields";
import { seenAfter, SeenContext } from "./seen";
import { GroupingForm, OrganizeForm, TrendForm } from "./TransformForms";
import cards from "./Card.module.css";
import kinds from "./KindPicker.module.css";
import styles from "./TransformForms.module.css";

interface StepFormProps {
  id: string;
  options: Json;
  onOptions: (change: (options: Json) => Json, key?: string) => void;
}

/** The options of a transformation; of one that nobody knows here, its JSON. */
function StepForm({ id, options, onOptions }: StepFormProps) {
  const kind = transformOf(id);
  if (kind === undefined)
    return (
      <>
        <p>This transformation is not known here. It is saved as it is; “Edit as JSON” changes it.</p>
        <code className={cards.json}>{sayJson(options)}</code>
      </>
    );
  if (kind.editor === "organize") return <OrganizeForm options={options} onChange={onOptions} />;
  if (kind.editor === "groupBy") return <GroupingForm options={options} onChange={onOptions} />;
  if (kind.editor === "trends") return <TrendForm options={options} onChange={onOptions} />;
  return (
    <OptionList
      options={kind.options}
      json={options}
      onChange={(change, key) => onOptions((before) => asObject(change(before)), key)}
    />
  );
}

interface TransformListProps {
  panel: RawPanel;
  /** The same as it is drawn, and what its queries answered. */
  shown: Panel;
  answers: readonly PanelFrame[];
  onChange: Change;
}

const EMPTY =
  "Transformations change what the queries answered before it is drawn: join, rename, calculate, sort.";

export function TransformList({ panel, shown, answers, onChange }: TransformListProps) {
  const [adding, setAdding] = useState(false);
  const steps = stepsOf(panel);
  const open = useOpenCard();
  return (
    <div className={cards.cards}>
      {steps.length === 0 && <p className={cards.none}>{EMPTY}</p>}
      {steps.map((step, at) => (
        <StepCard key={at} {...{ shown, answers, onChange, step, at, open }} count={steps.length} />
      ))}
      <div>
        <Button icon="plus" onClick={() => setAdding(true)}>
          Add a transformation
        </Button>
      </div>
      {adding && (
        <AddDialog
          onClose={() => setAdding(false)}
          onChoose={(id) => {
            setAdding(false);
            onChange((before) => addStep(before, id));
            open.set(steps.length);
          }}
        />
      )}
    </div>
  );
}

/** Every transformation with what it does, narrowed by typing; Enter takes the first. */
function AddDialog({ onChoose, onClose }: { onChoose: (id: string) => void; onClose: () => void }) {
  const [text, setText] = useState("");
  const words = text.toLowerCase().trim();
  const found = TRANSFORMS.filter(({ name, about }) => `${name} ${about}`.toLowerCase().includes(words));
  return (
    <Dialog title="Add a transformation" broad onClose={onClose}>
      <SearchField
        aria-label="Find a transformation"
        data-autofocus
        className={styles.find}
        value={text}
        onText={setText}
        onKeyDown={({ key }) => key === "Enter" && found[0] !== undefined && onChoose(found[0].id)}
      />
      <ul className={kinds.many} aria-label="Transformations" onKeyDown={moveFocus}>
        {found.map(({ id, name, about }) => (
          <li key={id}>
            <button
              type="button"
              className={`${kinds.kind} ${kinds.plain}`}
              title={about}
              onClick={() => onChoose(id)}
            >
              <span className={kinds.name}>{name}</span>
              <span className={kinds.about}>{about}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className={cards.none}>None is called so, nor does so.</p>}
    </Dialog>
  );
}

interface StepCardProps extends Omit<TransformListProps, "panel"> {
  step: Json;
  at: number;
  count: number;
  open: ReturnType<typeof useOpenCard>;
}

/** What a step gives, or why it gives nothing. */
function sayStep({ id, disabled }: Json, fields: readonly string[]): string {
  const known = transformOf(asText(id) ?? "");
  if (disabled === true) return "Left out";
  if (known === undefined) return "Not known here: kept, without effect";
  return fields.length > 0 ? `Gives ${fields.join(", ")}` : known.about;
}

function StepCard({ shown, answers, onChange, step, at, count, open }: StepCardProps) {
  const id = asText(step.id) ?? "";
  const name = transformOf(id)?.name ?? id;
  const off = step.disabled === true;
  const seen = useMemo(() => seenAfter(answers, shown, at), [answers, shown, at]);
  const after = useMemo(() => seenAfter(answers, shown, at + 1), [answers, shown, at]);
  const refId = queryOfStep(step);
  return (
    <SeenContext value={seen}>
      <Card
        name={name}
        about={sayStep(step, after.fields)}
        at={at}
        count={count}
        off={off}
        open={open.isOpen(at)}
        onOpen={(now) => open.set(now ? at : undefined)}
        onMove={(to) => {
          onChange((before) => moveStep(before, at, to));
          open.moved(at, to, count);
        }}
        onRemove={() => {
          open.set(undefined);
          onChange((before) => removeStep(before, at));
        }}
        tools={
          <Button
            quiet
            icon={off ? "eyeOff" : "eye"}
            aria-pressed={off}
            aria-label={`Leave out ${name}`}
            title={off ? "Take it in again" : "Leave it out"}
            onClick={() => onChange((before) => toggleStep(before, at))}
          />
        }
      >
        <div className={styles.form}>
          <StepForm
            id={id}
            options={asObject(step.options)}
            onOptions={(change, key) =>
              onChange((before) => changeOptions(before, at, change), key && `step ${at} ${key}`)
            }
          />
          {refId !== undefined && seen.queries.length > 1 && (
            <ChoiceField
              inline
              label="For answers of"
              value={refId}
              choices={[
                ["", "All queries"],
                ...seen.queries.map((query) => [query, `Query ${query}`] as const),
              ]}
              onChange={(query) => onChange((before) => setQueryOfStep(before, at, query))}
            />
          )}
        </div>
      </Card>
    </SeenContext>
  );
}
