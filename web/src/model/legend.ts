/** Names of series: legend templates, and what to show where there is none. Pure. */

import type { Labels } from "../api/frames";
import { entryOf } from "./json";

/** Fills `{{label}}`; a label that the series lacks becomes empty. */
export function fillTemplate(template: string, labels: Labels): string {
  return template.replaceAll(/\{\{\s*([^}]+?)\s*\}\}/g, (_, name: string) => entryOf(labels, name) ?? "");
}

/** `name{a="1", b="2"}`, as PromQL writes a series. */
export function formatLabels(labels: Labels): string {
  const { __name__: name = "", ...rest } = labels;
  const pairs = Object.entries(rest).map(([key, value]) => `${key}="${value}"`);
  return pairs.length > 0 || name === "" ? `${name}{${pairs.join(", ")}}` : name;
}

/** Labels on which the series differ; all of them when there is but one series. */
function distinctLabels(all: readonly Labels[]): string[] {
  const names = [...new Set(all.flatMap((labels) => Object.keys(labels)))];
  return all.length < 2 ? names : names.filter((name) => new Set(all.map((labels) => labels[name])).size > 1);
}

/** A name for each series: by template, or, where that is empty or leaves nothing, by what sets the series apart. */
export function nameSeries(template: string | undefined, all: readonly Labels[], expr: string): string[] {
  if (template === undefined || template === "" || template === "__auto") return apartNames(all, expr);
  const filled = all.map((labels) => fillTemplate(template, labels));
  if (filled.every((name) => name.trim() !== "")) return filled;
  const apart = apartNames(all, expr);
  return filled.map((name, at) => (name.trim() === "" ? apart[at]! : name));
}

function apartNames(all: readonly Labels[], expr: string): string[] {
  const distinct = distinctLabels(all);
  return all.map((labels) => {
    const only = distinct.length === 1 && all.length > 1 ? (labels[distinct[0]!] ?? "") : "";
    if (only.trim() !== "") return only;
    const kept = Object.fromEntries(
      distinct.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])),
    );
    const name = formatLabels(kept);
    return name === "{}" ? expr : name;
  });
}
