/** Rules as the page lists them: groups with problems first, counts, filters. Pure. */

import type { Rule, RuleGroup, WithoutData } from "./api";

export const RULE_VIEWS = ["all", "problems", "nodata", "alerting", "recording"] as const;
export type RuleView = (typeof RULE_VIEWS)[number];

/** RFC 3339 to ms; undefined for the year 1, which stands for never. */
export function timeOf(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) || ms < 0 ? undefined : ms;
}

/** After so many intervals without one, an evaluation is missed. */
const MISSED_INTERVALS = 3;

/** What is wrong with a group as a whole; empty where nothing is. */
export function troubleOf({ evaluationTime, interval, lastEvaluation }: RuleGroup, nowMs: number): string {
  if (evaluationTime > interval) return "Its evaluation takes longer than its interval: some are missed.";
  const lastMs = timeOf(lastEvaluation);
  if (lastMs !== undefined && nowMs - lastMs > Math.max(60_000, MISSED_INTERVALS * interval * 1000))
    return "It has not been evaluated for more than three intervals.";
  return "";
}

export const isBad = ({ health }: Rule): boolean => health === "err";

export interface ListedGroup extends RuleGroup {
  trouble: string;
  /** Rules that failed, of all of the group. */
  bad: number;
  /** Rules of the group, also those that the filter leaves out. */
  total: number;
}

export interface RuleFilter {
  view: RuleView;
  search: string;
  /** Rules that have nothing to judge. */
  without: readonly WithoutData[];
}

/** What is known of a rule that has nothing to judge; undefined where it has. */
export const withoutDataOf = (
  rule: Rule,
  group: RuleGroup,
  without: readonly WithoutData[],
): WithoutData | undefined =>
  without.find(
    (one) =>
      one.name === rule.name &&
      one.query === rule.query &&
      one.group === group.name &&
      one.file === group.file,
  );

const textOf = (rule: Rule, group: RuleGroup): string =>
  [
    rule.name,
    rule.query,
    rule.lastError ?? "",
    group.name,
    group.file,
    ...Object.entries(rule.labels ?? {}).map(([name, value]) => `${name}=${value} ${name}="${value}"`),
    ...Object.values(rule.type === "alerting" ? (rule.annotations ?? {}) : {}),
  ]
    .join(" ")
    .toLowerCase();

function inView(rule: Rule, group: ListedGroup, view: RuleView, without: readonly WithoutData[]): boolean {
  if (view === "all") return true;
  if (view === "problems") return isBad(rule) || group.trouble !== "";
  return view === "nodata" ? withoutDataOf(rule, group, without) !== undefined : rule.type === view;
}

/** What passes the filter; groups and rules with problems stand first, else all stays as the files have it. */
export function listRules(
  groups: readonly RuleGroup[],
  { view, search, without }: RuleFilter,
  nowMs: number,
): ListedGroup[] {
  const words = search.toLowerCase().split(/\s+/);
  const listed = groups.map((group): ListedGroup => {
    const named = {
      ...group,
      trouble: troubleOf(group, nowMs),
      bad: group.rules.filter(isBad).length,
      total: group.rules.length,
    };
    const rules = group.rules.filter(
      (rule) =>
        inView(rule, named, view, without) && words.every((word) => textOf(rule, group).includes(word)),
    );
    rules.sort((a, b) => Number(isBad(b)) - Number(isBad(a)));
    return { ...named, rules };
  });
  const weight = ({ bad, trouble }: ListedGroup): number => bad + (trouble === "" ? 0 : 0.5);
  return listed
    .filter(
      ({ rules, total, trouble }) =>
        rules.length > 0 || (total === 0 && view === "all" && search === "" && trouble === ""),
    )
    .sort((a, b) => weight(b) - weight(a));
}

/** How many rules each view has. */
export function countViews(
  groups: readonly RuleGroup[],
  without: readonly WithoutData[],
  nowMs: number,
): Record<RuleView, number> {
  const count = (keeps: (rule: Rule, group: RuleGroup) => boolean): number =>
    groups.reduce((sum, group) => sum + group.rules.filter((rule) => keeps(rule, group)).length, 0);
  return {
    all: count(() => true),
    problems: count((rule, group) => isBad(rule) || troubleOf(group, nowMs) !== ""),
    nodata: count((rule, group) => withoutDataOf(rule, group, without) !== undefined),
    alerting: count(({ type }) => type === "alerting"),
    recording: count(({ type }) => type === "recording"),
  };
}
