/** One query: its letter, its editor, what can be done with it, and what became of it. */

import { useState } from "react";
import { ApiError } from "../../api/http";
import { Button } from "../../components/Button";
import { formatText } from "../../model/units";
import { showToast } from "../../state/toasts";
import { letterOf } from "./address";
import { readFault } from "../../model/fault";
import { formatQuery, type Stats } from "./ask";
import { QueryEditor } from "./QueryEditor";
import type { QueryAnswer } from "./useAnswers";
import type { Draft } from "./useDrafts";
import styles from "./QueryRow.module.css";

interface QueryRowProps {
  draft: Draft;
  index: number;
  source: string;
  autoFocus: boolean;
  /** It is the only query: there is nothing to remove. */
  only: boolean;
  /** What became of it; undefined while it has been changed since. */
  answer: QueryAnswer | undefined;
  onChange: (expr: string) => void;
  onRun: () => void;
  onHide: () => void;
  onRemove: () => void;
}

const number = (value: number): string => value.toLocaleString("en");

const describe = ({ seconds, samples }: Stats): string =>
  [formatText(seconds, "s"), samples === undefined ? "" : `${number(samples)} samples read`]
    .filter(Boolean)
    .join(", ");

/** `12 series, 14 ms, 4,380 samples read`. */
function Outcome({ answer }: { answer: QueryAnswer }) {
  const shown = answer.chart ?? answer.table;
  if (shown === undefined) return null;
  const count = shown.frame?.series.length ?? shown.raw?.length;
  const series = count === undefined ? "" : `${number(count)} series`;
  const text = [series, shown.stats && describe(shown.stats)].filter(Boolean).join(", ");
  const warnings = [...new Set([...(answer.chart?.warnings ?? []), ...(answer.table?.warnings ?? [])])];
  return (
    <>
      <p className={styles.stats}>{text}</p>
      {warnings.map((warning) => (
        <p key={warning} className={styles.warning}>
          {warning}
        </p>
      ))}
    </>
  );
}

const describeError = (error: Error): string => {
  const fault = readFault(error.message);
  return fault === undefined ? error.message : `Line ${fault.line}, column ${fault.column}: ${fault.message}`;
};

export function QueryRow(props: QueryRowProps) {
  const { draft, index, source, autoFocus, only, answer, onChange, onRun, onHide, onRemove } = props;
  const [refused, setRefused] = useState<{ expr: string; error: Error }>();
  const letter = letterOf(index);
  const blank = draft.expr.trim() === "";
  const error = refused?.expr === draft.expr ? refused.error : (answer?.error ?? null);
  const format = (): void => {
    formatQuery(draft.expr).then(onChange, (failure: unknown) => {
      if (failure instanceof ApiError && !failure.unreachable)
        setRefused({ expr: draft.expr, error: failure });
      else showToast("The query could not be formatted: the server does not answer.", "error");
    });
  };
  return (
    <div className={`${styles.row} ${draft.hidden ? styles.hidden : ""}`}>
      <div className={`${styles.line} ${error === null ? "" : styles.wrong}`}>
        <span className={styles.letter} aria-hidden="true">
          {letter}
        </span>
        <div className={styles.editor}>
          <QueryEditor
            value={draft.expr}
            source={source}
            label={`Query ${letter}`}
            fault={error === null ? undefined : readFault(error.message)}
            autoFocus={autoFocus}
            onChange={onChange}
            onRun={onRun}
          />
        </div>
        <div className={styles.tools}>
          <Button
            quiet
            icon="format"
            aria-label={`Format query ${letter}`}
            title="Lay the expression out"
            disabled={blank}
            onClick={format}
          />
          <Button
            quiet
            icon={draft.hidden ? "eyeOff" : "eye"}
            aria-label={`Show query ${letter}`}
            aria-pressed={!draft.hidden}
            title={draft.hidden ? "Show its result" : "Hide its result"}
            onClick={onHide}
          />
          <Button
            quiet
            icon="trash"
            aria-label={`Remove query ${letter}`}
            title="Remove the query"
            disabled={only}
            onClick={onRemove}
          />
        </div>
      </div>
      {error !== null && (
        <p className={styles.error} role="alert">
          {describeError(error)}
        </p>
      )}
      {answer !== undefined && error === null && <Outcome answer={answer} />}
    </div>
  );
}
