/** Forms of transformations with a line for each field: hiding, ordering, renaming; grouping; trends. */

import { Button } from "../../components/Button";
import { asObject, asText, type Json } from "../../model/json";
import {
  columnsOf,
  groupingOf,
  hideColumn,
  moveColumn,
  renameColumn,
  setAggregations,
  setOperation,
  type Grouping,
} from "../../edit/columns";
import { setAt } from "../../edit/tree";
import { CALC_CHOICES, Chips } from "./Chips";
import { ChoiceField, TextField } from "./fields";
import { useSeen } from "./seen";
import cards from "./Card.module.css";
import styles from "./TransformForms.module.css";

interface FormProps {
  options: Json;
  onChange: (change: (options: Json) => Json, key?: string) => void;
}

const NO_FIELDS = "The data have no fields yet: run the queries first.";

/** Columns in their order, each with its new name. */
export function OrganizeForm({ options, onChange }: FormProps) {
  const { fields } = useSeen();
  const columns = columnsOf(options, fields);
  if (columns.length === 0) return <p className={cards.none}>{NO_FIELDS}</p>;
  return (
    <ul className={styles.columns} aria-label="Columns">
      {columns.map(({ name, hidden, renamed }, at) => (
        <li key={name} className={hidden ? styles.hidden : styles.column}>
          <Button
            quiet
            icon={hidden ? "eyeOff" : "eye"}
            aria-pressed={hidden}
            aria-label={`Hide ${name}`}
            title={hidden ? "Show" : "Hide"}
            onClick={() => onChange((before) => hideColumn(before, name, !hidden))}
          />
          <span className={styles.name} title={name}>
            {name}
          </span>
          <TextField
            bare
            label={`New name of ${name}`}
            value={renamed}
            placeholder={name}
            onChange={(to) => onChange((before) => renameColumn(before, name, to), `rename ${name}`)}
          />
          <span className={styles.tools}>
            <Button
              quiet
              icon="up"
              disabled={at === 0}
              aria-label={`Move ${name} up`}
              title="Further left"
              onClick={() => onChange((before) => moveColumn(before, fields, name, -1))}
            />
            <Button
              quiet
              icon="down"
              disabled={at === columns.length - 1}
              aria-label={`Move ${name} down`}
              title="Further right"
              onClick={() => onChange((before) => moveColumn(before, fields, name, 1))}
            />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What becomes of each column where rows are grouped. */
export function GroupingForm({ options, onChange }: FormProps) {
  const { fields } = useSeen();
  const columns = groupingOf(options, fields);
  if (columns.length === 0) return <p className={cards.none}>{NO_FIELDS}</p>;
  return (
    <ul className={styles.columns} aria-label="Columns">
      {columns.map(({ name, operation, calcs }) => (
        <li key={name} className={styles.grouping}>
          <ChoiceField
            inline
            label={name}
            value={operation}
            choices={[
              ["", "Left out"],
              ["groupby", "Groups by it"],
              ["aggregate", "Calculates"],
            ]}
            onChange={(next) =>
              onChange((before) => setOperation(before, name, next as Grouping["operation"]))
            }
          />
          {operation === "aggregate" && (
            <Chips
              label={`Calculations of ${name}`}
              value={calcs}
              choices={CALC_CHOICES}
              onChange={(next) => onChange((before) => setAggregations(before, name, next))}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

/** Which value stands beside the course of each query's series. */
export function TrendForm({ options, onChange }: FormProps) {
  const { queries } = useSeen();
  return queries.map((refId) => (
    <ChoiceField
      key={refId}
      inline
      label={`Sorted by, query ${refId}`}
      value={asText(asObject(options[refId]).stat) ?? "lastNotNull"}
      choices={CALC_CHOICES}
      onChange={(stat) => onChange((before) => setAt(before, [refId, "stat"], stat))}
    />
  ));
}
