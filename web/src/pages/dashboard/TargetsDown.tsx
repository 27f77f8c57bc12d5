/** A strip above a dashboard whose targets do not answer: what is drawn below is old. */

import { useQuery } from "@tanstack/react-query";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { sourcesOf, type Dashboard, type Panel } from "../../model/dashboard";
import { jobNames } from "../../model/expr";
import { useElsewhere } from "../../query/sources";
import { targetsQuery } from "../../query/targets";
import styles from "./TargetsDown.module.css";

const REFRESH_MS = 5000;

const jobsOf = (panels: readonly Panel[]): string[] =>
  panels.flatMap(({ queries, panels: inside }) => [
    ...queries.flatMap(({ expr }) => jobNames(expr)),
    ...jobsOf(inside),
  ]);

export function TargetsDown({ dashboard }: { dashboard: Dashboard }) {
  const asksElsewhere = useElsewhere() !== undefined && sourcesOf(dashboard.panels).has("default");
  const { data } = useQuery({
    ...targetsQuery,
    enabled: !asksElsewhere,
    refetchInterval: REFRESH_MS,
  });
  if (asksElsewhere) return null;
  const jobs = new Set(jobsOf(dashboard.panels));
  const targets = data?.activeTargets.filter(({ labels }) => jobs.has(labels.job ?? "")) ?? [];
  const down = targets.filter(({ health }) => health === "down");
  if (down.length === 0) return null;
  return (
    <Link to="targets" className={styles.strip} title={down[0]!.lastError}>
      <Icon name="warning" />
      <b>
        {targets.length - down.length} of {targets.length} targets up
      </b>
      <span className={styles.error}>{down[0]!.lastError}</span>
      <Icon name="right" />
    </Link>
  );
}
