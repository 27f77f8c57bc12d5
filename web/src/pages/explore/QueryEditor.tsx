/** An editor of one PromQL query: a plain text field that works at once, until the editor proper has been loaded. */

import { lazy, Suspense, useState } from "react";
import { ErrorBoundary } from "../../components/ErrorBoundary";
import { focusOnMount } from "../../state/focus";
import type { EditorProps } from "./PromEditor";
import styles from "./QueryEditor.module.css";

const PromEditor = lazy(() => import("./PromEditor"));

const MOST_ROWS = 12;
const rowsOf = (text: string): number => Math.min(MOST_ROWS, text.split("\n").length);

type PlainProps = Omit<EditorProps, "source" | "variables"> & { onFocus: (has: boolean) => void };

function Plain({ value, label, fault, autoFocus, onChange, onRun, onFocus }: PlainProps) {
  return (
    <textarea
      className={styles.plain}
      value={value}
      rows={rowsOf(value)}
      aria-label={label}
      aria-invalid={fault !== undefined}
      placeholder="A PromQL expression"
      ref={autoFocus ? focusOnMount : undefined}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      onFocus={() => onFocus(true)}
      onBlur={() => onFocus(false)}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
        event.preventDefault();
        onRun();
      }}
    />
  );
}

/** Where the editor's chunk cannot be loaded, the text field stays; where it comes, it takes the focus over. */
export function QueryEditor(props: EditorProps) {
  const [focused, setFocused] = useState(props.autoFocus);
  const plain = <Plain {...props} onFocus={setFocused} />;
  return (
    <ErrorBoundary title="" fallback={plain}>
      <Suspense fallback={plain}>
        <PromEditor {...props} autoFocus={focused} />
      </Suspense>
    </ErrorBoundary>
  );
}
