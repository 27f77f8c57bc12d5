/** Value mappings: what is written in place of a value, a range, a pattern or nothing, and in which colour. */

import { useId } from "react";
import { Button } from "../../components/Button";
import { asText, type Json } from "../../model/json";
import {
  changeKind,
  faultOfLine,
  linesOf,
  MAPPING_KINDS,
  mappingsOf,
  newLine,
  SPECIALS,
  type Entry,
  type Line,
  type MappingKind,
} from "../../edit/mappings";
import { faultOfPattern, sayJson } from "../../edit/overrides";
import { setAt } from "../../edit/tree";
import { ColorPicker } from "./ColorPicker";
import { ChoiceField, NumberField, TextField } from "./fields";
import { useFocusOnNew } from "./focusNew";
import styles from "./MappingEditor.module.css";

interface MappingEditorProps {
  /** The list of mappings, as a document has it. */
  value: unknown;
  onChange: (change: (value: unknown) => unknown, key?: string) => void;
}

interface ConditionProps {
  line: Line;
  number: number;
  lines: readonly Entry[];
  onChange: (line: Line) => void;
}

/** What is mapped. */
function Condition({ line, number, lines, onChange }: ConditionProps) {
  const { kind, value, from, to } = line;
  if (kind === "special")
    return (
      <ChoiceField
        bare
        label={`Special value ${number}`}
        value={value}
        choices={SPECIALS}
        onChange={(next) => onChange({ ...line, value: next })}
      />
    );
  if (kind === "range")
    return (
      <div className={styles.range}>
        <NumberField
          label="From"
          value={from}
          placeholder="−∞"
          onChange={(next) => onChange(setAt(line, ["from"], next))}
        />
        <NumberField
          label="To"
          value={to}
          placeholder="∞"
          onChange={(next) => onChange(setAt(line, ["to"], next))}
        />
      </div>
    );
  const fault = kind === "regex" ? faultOfPattern(value) : faultOfLine(line, lines);
  return (
    <TextField
      bare
      mono={kind === "regex"}
      label={kind === "regex" ? `Pattern ${number}` : `Value ${number}`}
      value={value}
      placeholder={kind === "regex" ? "/^5(.)/" : "1"}
      fault={fault}
      onChange={(next) => onChange({ ...line, value: next })}
    />
  );
}

const withResult = (line: Line, key: string, value: string): Line => ({
  ...line,
  result: setAt<Json>(line.result, [key], value === "" && key === "color" ? undefined : value),
});

export function MappingEditor({ value, onChange }: MappingEditorProps) {
  const id = useId();
  const lines = linesOf(value);
  const list = useFocusOnNew<HTMLOListElement>(lines.length);
  const change = (next: (lines: Entry[]) => readonly Entry[], key?: string): void =>
    onChange((before) => mappingsOf(next(linesOf(before))), key);
  const put = (at: number, line: Line, key: string): void =>
    change((before) => before.map((one, place) => (place === at ? line : one)), `${id} ${at} ${key}`);
  const move = (at: number, step: -1 | 1): void =>
    change((before) => {
      const next = [...before];
      [next[at], next[at + step]] = [next[at + step]!, next[at]!];
      return next;
    });
  return (
    <>
      <ol ref={list} className={styles.lines}>
        {lines.map((line, at) => (
          <li key={at} className={styles.line} aria-label={`Mapping ${at + 1}`}>
            <div className={styles.when}>
              {line.kind === "other" ? (
                <code title={sayJson(line.raw)}>{sayJson(line.raw)}</code>
              ) : (
                <>
                  <ChoiceField
                    bare
                    label={`Mapping ${at + 1} is for a`}
                    value={line.kind}
                    choices={MAPPING_KINDS}
                    onChange={(kind) => put(at, changeKind(line, kind as MappingKind), "kind")}
                  />
                  <Condition
                    line={line}
                    number={at + 1}
                    lines={lines}
                    onChange={(next) => put(at, next, "value")}
                  />
                </>
              )}
              <span className={styles.tools}>
                <Button
                  quiet
                  icon="up"
                  disabled={at === 0}
                  aria-label={`Move mapping ${at + 1} up`}
                  title="Tried earlier"
                  onClick={() => move(at, -1)}
                />
                <Button
                  quiet
                  icon="trash"
                  aria-label={`Remove mapping ${at + 1}`}
                  title="Remove"
                  onClick={() => change((before) => before.filter((_, place) => place !== at))}
                />
              </span>
            </div>
            {line.kind !== "other" && (
              <div className={styles.then}>
                <span aria-hidden="true">→</span>
                <TextField
                  bare
                  label={`Text ${at + 1}`}
                  value={asText(line.result.text) ?? ""}
                  placeholder={
                    line.kind === "regex" ? "the value; $1 is its first group" : "the value as it is"
                  }
                  onChange={(text) => put(at, emptied(withResult(line, "text", text)), "text")}
                />
                <ColorPicker
                  label={`Colour ${at + 1}`}
                  none="None of its own"
                  align="right"
                  value={asText(line.result.color) ?? ""}
                  onChange={(color) => put(at, withResult(line, "color", color), "color")}
                />
              </div>
            )}
            {line.kind === "range" && faultOfLine(line, lines) !== undefined && (
              <p className={styles.fault} role="alert">
                {faultOfLine(line, lines)}
              </p>
            )}
          </li>
        ))}
      </ol>
      <div>
        <Button icon="plus" onClick={() => change((before) => [...before, newLine(before)])}>
          Add a mapping
        </Button>
      </div>
    </>
  );
}

/** Without a text, only the colour is mapped: an empty text would hide the value. */
const emptied = (line: Line): Line =>
  line.result.text === "" ? { ...line, result: setAt<Json>(line.result, ["text"], undefined) } : line;
