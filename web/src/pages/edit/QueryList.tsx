/** The queries of a panel: text, name of the series, when it is evaluated; added, ordered, hidden, copied and removed. */

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { asText, type Json } from "../../model/json";
import { sourceUid } from "../../model/source";
import {
  addQuery,
  duplicateQuery,
  exprOf,
  momentOf,
  moveQuery,
  queriesOf,
  removeQuery,
  setMoment,
  setQuery,
  setSource,
  sourceOf,
  type Moment,
} from "../../edit/queries";
import type { RawPanel } from "../../edit/doc";
import { QueryEditor } from "../explore/QueryEditor";
import { ChoiceField, TextField } from "./fields";
import type { Change } from "./OptionFields";
import { SourceField } from "./SourceField";
import styles from "./QueryList.module.css";

/** Typing rests this long before the query is asked. */
const REST_MS = 600;

/** A text that is told once typing rests, when it is to be run, and before its field goes away. */
function useResting(value: string, tell: (text: string) => void) {
  const [text, setText] = useState(value);
  const [told, setTold] = useState(value);
  const latest = useRef({ text, told });
  const onTell = useEffectEvent(tell);
  if (value !== told) {
    setTold(value); // undone, or changed elsewhere
    setText(value);
  }
  useEffect(() => {
    latest.current = { text, told };
    if (text === told) return;
    const timer = setTimeout(() => {
      setTold(text);
      onTell(text);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [text, told]);
  useEffect(
    () => () => {
      if (latest.current.text !== latest.current.told) onTell(latest.current.text);
    },
    [],
  );
  const now = (): void => {
    setTold(text);
    if (text !== value) tell(text);
  };
  return { text, setText, now };
}

interface QueryBoxProps {
  query: Json;
  at: number;
  count: number;
  panel: RawPanel;
  onChange: Change;
  autoFocus: boolean;
}

const FORMATS = [
  ["", "Series"],
  ["table", "Table"],
  ["heatmap", "Heatmap"],
] as const;

const MOMENTS = [
  ["range", "Over the range"],
  ["instant", "At its end"],
  ["both", "Both"],
] as const;

function QueryBox({ query, at, count, panel, onChange, autoFocus }: QueryBoxProps) {
  const refId = asText(query.refId) ?? "";
  const hidden = query.hide === true;
  const set = (key: string, value: unknown): void =>
    onChange((before) => setQuery(before, at, key, value), `query ${at} ${key}`);
  const { text, setText, now } = useResting(exprOf(query), (expr) => set("expr", expr));
  const named = sourceOf(panel, query);
  const source = sourceUid(named, new Map()) ?? "default";
  return (
    <li className={hidden ? styles.hidden : styles.query} data-query={refId}>
      <header className={styles.head}>
        <b>{refId}</b>
        <SourceField
          bare
          label={`Data source of query ${refId}`}
          value={named}
          onChange={(name) => onChange((before) => setSource(before, at, name))}
        />
        {hidden && <span className={styles.state}>Hidden: it is kept and not asked</span>}
        <span className={styles.tools}>
          <Button
            quiet
            icon="up"
            disabled={at === 0}
            aria-label={`Move query ${refId} up`}
            title="Move up"
            onClick={() => onChange((before) => moveQuery(before, at, -1))}
          />
          <Button
            quiet
            icon="down"
            disabled={at === count - 1}
            aria-label={`Move query ${refId} down`}
            title="Move down"
            onClick={() => onChange((before) => moveQuery(before, at, 1))}
          />
          <Button
            quiet
            icon={hidden ? "eyeOff" : "eye"}
            aria-pressed={hidden}
            aria-label={`Hide query ${refId}`}
            title={hidden ? "Ask it again" : "Hide"}
            onClick={() => set("hide", hidden ? undefined : true)}
          />
          <Button
            quiet
            icon="copy"
            aria-label={`Duplicate query ${refId}`}
            title="Duplicate"
            onClick={() => onChange((before) => duplicateQuery(before, at))}
          />
          <Button
            quiet
            icon="trash"
            aria-label={`Remove query ${refId}`}
            title="Remove"
            onClick={() => onChange((before) => removeQuery(before, at))}
          />
        </span>
      </header>
      <div className={styles.editor}>
        <QueryEditor
          value={text}
          source={source}
          label={`Query ${refId}`}
          variables
          autoFocus={autoFocus}
          onChange={setText}
          onRun={now}
        />
      </div>
      <div className={styles.more}>
        <TextField
          label="Name of the series"
          value={asText(query.legendFormat) ?? ""}
          placeholder="automatic, or {{label}}"
          mono
          onChange={(legend) => set("legendFormat", legend === "" ? undefined : legend)}
        />
        <ChoiceField
          label="Evaluated"
          value={momentOf(query)}
          choices={MOMENTS}
          onChange={(moment) => onChange((before) => setMoment(before, at, moment as Moment))}
        />
        <ChoiceField
          label="As"
          value={query.format === "time_series" ? "" : (asText(query.format) ?? "")}
          choices={FORMATS}
          onChange={(format) => set("format", format === "" ? undefined : format)}
        />
        <TextField
          label="Smallest step"
          value={asText(query.interval) ?? ""}
          placeholder="auto"
          onChange={(interval) => set("interval", interval === "" ? undefined : interval)}
        />
      </div>
    </li>
  );
}

interface QueryListProps {
  panel: RawPanel;
  onChange: Change;
}

export function QueryList({ panel, onChange }: QueryListProps) {
  const queries = queriesOf(panel);
  const isNew = queries.length === 1 && exprOf(queries[0]!) === "";
  const [fresh] = useState(isNew);
  return (
    <>
      <ul className={styles.list} aria-label="Queries">
        {queries.map((query, at) => (
          <QueryBox
            key={asText(query.refId) ?? at}
            query={query}
            at={at}
            count={queries.length}
            panel={panel}
            onChange={onChange}
            autoFocus={fresh && at === 0}
          />
        ))}
      </ul>
      <Button icon="plus" onClick={() => onChange((before) => addQuery(before))}>
        Add a query
      </Button>
    </>
  );
}
