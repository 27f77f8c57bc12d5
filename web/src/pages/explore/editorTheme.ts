/** How the PromQL editor looks: the page's own colours, which reach into its shadow root as custom properties. */

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const THEME = EditorView.theme({
  "&": { color: "var(--text-1)", fontSize: "13px", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller, .cm-tooltip": { fontVariantLigatures: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px", overflow: "auto", maxHeight: "240px" },
  ".cm-content": { padding: "6px 0", caretColor: "var(--text-1)" },
  ".cm-line": { padding: "0 10px" },
  ".cm-cursor": { borderLeftColor: "var(--text-1)" },
  ".cm-placeholder": { color: "var(--text-3)" },
  ".cm-content ::selection, .cm-line::selection": { backgroundColor: "var(--accent-soft)" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--accent-soft)",
    outline: "1px solid var(--accent-line)",
  },
  "&.cm-focused .cm-nonmatchingBracket": { color: "var(--badge-crit)", backgroundColor: "transparent" },
  ".cm-fault": {
    textDecoration: "underline wavy var(--crit)",
    textUnderlineOffset: "4px",
    backgroundColor: "var(--crit-soft)",
  },
  ".cm-tooltip": {
    border: "1px solid var(--line-strong)",
    borderRadius: "8px",
    backgroundColor: "var(--panel)",
    boxShadow: "var(--shadow)",
    color: "var(--text-1)",
    zIndex: "50",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mono)",
    fontSize: "12px",
    maxHeight: "280px",
    maxWidth: "min(640px, calc(100vw - 32px))",
    borderRadius: "8px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "4px 10px", lineHeight: "20px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--text-1)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent)", fontWeight: "580" },
  ".cm-completionDetail": { color: "var(--text-3)", fontStyle: "normal", marginLeft: "10px" },
  ".cm-completionIcon": { width: "1.1em", paddingRight: "8px", color: "var(--text-3)", opacity: "1" },
  ".cm-tooltip.cm-completionInfo": {
    maxWidth: "min(360px, calc(100vw - 32px))",
    padding: "8px 12px",
    fontFamily: "var(--font)",
    fontSize: "12px",
    lineHeight: "1.45",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected] :is(.cm-completionDetail, .cm-completionIcon)": {
    color: "var(--text-2)",
  },
  // On a narrow screen what is told of an entry stands below the list, not on it.
  ".cm-completionInfo.cm-completionInfo-left-narrow, .cm-completionInfo.cm-completionInfo-right-narrow": {
    top: "calc(100% + 4px) !important",
    right: "auto",
    left: "0",
  },
  ".cm-diagnostic": {
    padding: "6px 12px",
    borderLeft: "none",
    fontFamily: "var(--font)",
    fontSize: "12px",
  },
  ".cm-diagnostic-error": { color: "var(--badge-crit)" },
  ".cm-diagnostic-warning": { color: "var(--badge-warn)" },
  ".cm-lintRange-error, .cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--crit)",
    textUnderlineOffset: "4px",
  },
  ".cm-lintRange-warning": { textDecorationColor: "var(--warn)" },
});

export const COLORS = HighlightStyle.define([
  { tag: [tags.keyword, tags.function(tags.variableName), tags.modifier], color: "var(--accent)" },
  { tag: tags.labelName, color: "var(--info)" },
  { tag: tags.string, color: "var(--badge-ok)" },
  { tag: [tags.number, tags.bool], color: "var(--badge-warn)" },
  {
    tag: [tags.operator, tags.paren, tags.brace, tags.squareBracket, tags.separator],
    color: "var(--text-2)",
  },
  { tag: tags.comment, color: "var(--text-3)" },
  { tag: tags.invalid, color: "var(--badge-crit)" },
]);
