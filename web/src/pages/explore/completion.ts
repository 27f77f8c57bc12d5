/** The order in which metrics are proposed: within a rate counters come first, the times of their beginning last. */

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { CompleteStrategy } from "@prometheus-io/codemirror-promql";
import { tellsBegin } from "../../model/families";

/** The caret is in the argument of a function that wants counters. */
const OF_COUNTERS = /\b(?:rate|irate|increase|resets)\s*\(\s*[\w:]*$/;
const COUNTED = /_(total|sum|count|bucket)$/;

/** The most that one may be put before or behind another; a better match of what was typed still goes first. */
const FIRST = 99;

const isCounter = ({ label, detail = "" }: Completion): boolean =>
  detail === "counter" || (detail !== "gauge" && COUNTED.test(label));

/** Proposals as they suit what stands before the caret. */
export function inOrder(options: readonly Completion[], before: string): Completion[] {
  const there = new Set(options.map(({ label }) => label));
  const wantsCounters = OF_COUNTERS.test(before);
  return options.map((option) => {
    if (tellsBegin(option.label, there)) return { ...option, boost: -FIRST };
    return wantsCounters && isCounter(option) ? { ...option, boost: FIRST } : option;
  });
}

/** A strategy whose proposals stand in that order. */
export const ordered = (strategy: CompleteStrategy): CompleteStrategy => ({
  promQL: async (context: CompletionContext): Promise<CompletionResult | null> => {
    const found = await strategy.promQL(context);
    const before = context.state.sliceDoc(0, context.pos);
    return found === null ? null : { ...found, options: inOrder(found.options, before) };
  },
});
