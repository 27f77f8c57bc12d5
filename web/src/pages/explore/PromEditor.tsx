/**
 * The PromQL editor: completion of metrics, labels, values and functions, checks with positions. It is a chunk of its own,
 * which QueryEditor loads.
 *
 * It lives in a shadow root: there CodeMirror's styles are constructed sheets, which the Content-Security-Policy allows,
 * where elsewhere they would be an inline style element, which it refuses.
 */

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { EditorState, Prec, StateEffect, StateField, type Extension } from "@codemirror/state";
import { Decoration, EditorView, keymap, placeholder, type DecorationSet } from "@codemirror/view";
import {
  newCompleteStrategy,
  PromQLExtension,
  type CompleteStrategy,
} from "@prometheus-io/codemirror-promql";
import { useEffect, useEffectEvent, useRef } from "react";
import { apiOf } from "../../api/frames";
import type { Fault } from "../../model/fault";
import { ordered } from "./completion";
import { COLORS, THEME } from "./editorTheme";
import { makeLinter } from "./lint";
import styles from "./QueryEditor.module.css";

/** The place of a fault that the server found; a change of the text takes it away. */
const setFault = StateEffect.define<Fault | undefined>();

function markOf({ doc }: EditorState, fault: Fault): DecorationSet {
  if (fault.line > doc.lines || doc.length === 0) return Decoration.none;
  const line = doc.line(fault.line);
  const from = Math.min(line.from + fault.column - 1, Math.max(line.from, line.to - 1));
  const word = /^[\w:.]+/.exec(doc.sliceString(from, line.to))?.[0].length ?? 1;
  const to = Math.min(doc.length, from + word);
  return to > from ? Decoration.set(Decoration.mark({ class: "cm-fault" }).range(from, to)) : Decoration.none;
}

const faultMark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { docChanged, effects, state }) {
    const told = effects.find((effect) => effect.is(setFault));
    if (told !== undefined) return told.value === undefined ? Decoration.none : markOf(state, told.value);
    return docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** What is known of a source's names is shared by all editors of the page. */
const strategies = new Map<string, CompleteStrategy>();
const KNOWN_FOR_MS = 60_000;

function strategyOf(source: string): CompleteStrategy {
  const known = strategies.get(source);
  if (known !== undefined) return known;
  const url = new URL(apiOf(source).replace(/\/api\/v1$/, ""), document.baseURI).href;
  const cache = { maxAge: KNOWN_FOR_MS };
  const strategy = ordered(newCompleteStrategy({ remote: { url, httpMethod: "GET", cache } }));
  strategies.set(source, strategy);
  return strategy;
}

interface Wiring {
  source: string;
  label: string;
  variables: boolean;
  run: () => void;
  change: (text: string) => void;
}

function extensionsFor({ source, label, variables, run, change }: Wiring): Extension {
  const promql = new PromQLExtension()
    .setComplete({ completeStrategy: strategyOf(source) })
    .setLinter(makeLinter(variables));
  const runs = (): boolean => {
    run();
    return true;
  };
  const first = [
    { key: "Mod-Enter", run: runs },
    { key: "Shift-Enter", run: runs },
    { key: "Tab", run: acceptCompletion }, // else it leaves the editor, as everywhere
  ];
  return [
    Prec.highest(keymap.of(first)),
    history(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ maxRenderedOptions: 80 }),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
    promql.asExtension(),
    syntaxHighlighting(COLORS),
    faultMark,
    THEME,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label }),
    placeholder("A PromQL expression"),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) change(state.doc.toString());
    }),
  ];
}

export interface EditorProps {
  value: string;
  source: string;
  label: string;
  fault?: Fault | undefined;
  /** Those of a dashboard may stand in it, besides the macros of time. */
  variables?: boolean;
  /** Takes the focus, with the caret at the end, as soon as it is there. */
  autoFocus: boolean;
  onChange: (value: string) => void;
  onRun: () => void;
}

export default function PromEditor({
  value,
  source,
  label,
  fault,
  variables = false,
  autoFocus,
  onChange,
  onRun,
}: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const first = useRef({ value, autoFocus });
  /** Texts that were reported and have not come back as `value` yet: one that comes late must not undo what was typed since. */
  const reported = useRef<string[]>([]);
  const change = useEffectEvent((text: string) => {
    reported.current.push(text);
    onChange(text);
  });
  const run = useEffectEvent(onRun);

  useEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: "open" });
    const doc = view.current?.state.doc.toString() ?? first.current.value;
    const extensions = extensionsFor({
      source,
      label,
      variables,
      run: () => run(),
      change: (text) => change(text),
    });
    const state = EditorState.create({ doc, selection: { anchor: doc.length }, extensions });
    const made = new EditorView({ state, parent: root, root });
    view.current = made;
    if (first.current.autoFocus) made.focus();
    return () => made.destroy();
  }, [source, label, variables]);

  useEffect(() => {
    const echo = reported.current.lastIndexOf(value);
    reported.current.splice(0, echo + 1);
    if (echo >= 0) return;
    reported.current = [];
    const now = view.current!.state.doc.toString();
    if (now !== value) view.current!.dispatch({ changes: { from: 0, to: now.length, insert: value } });
  }, [value]);

  useEffect(() => view.current!.dispatch({ effects: setFault.of(fault) }), [fault, source, label, variables]);

  return <div ref={host} className={styles.host} />;
}
