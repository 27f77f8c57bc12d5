/** A run of panels on the 24-column grid, under a row that folds them away. */

import { useQuery } from "@tanstack/react-query";
import { useState, type CSSProperties } from "react";
import { queryInstant } from "../../api/frames";
import { Icon } from "../../components/icons";
import type { Panel, SourceUid } from "../../model/dashboard";
import type { Section as SectionData } from "../../model/layout";
import type { RawRange } from "../../model/timerange";
import { findPanelType } from "../../panels";
import { PanelView } from "./PanelView";
import styles from "./Section.module.css";

interface SectionProps {
  section: SectionData;
  raw: RawRange;
}

/** Hardware seldom comes while the page is open. */
const REQUIREMENT_MS = 60_000;

/** The place on the grid as custom properties, so that the stylesheet can lay narrow screens out otherwise. */
const place = ({ x, y, w, h }: Panel["grid"]): CSSProperties =>
  ({ "--x": x + 1, "--y": y + 1, "--w": w, "--h": h }) as CSSProperties;

const isCompact = ({ type }: Panel): boolean => findPanelType(type)?.compact === true;

/** The ids of small panels that have no neighbour where two stand abreast: the next one goes where there is room first. */
function oddOnes(panels: readonly Panel[]): Set<number> {
  const odd = new Set<number>();
  let left = 0;
  let right = 0;
  panels.forEach((panel, at) => {
    if (!isCompact(panel)) {
      left = right = 0;
      return;
    }
    const next = panels[at + 1];
    if (left === right && (next === undefined || !isCompact(next))) odd.add(panel.id);
    if (left <= right) left += panel.grid.h;
    else right += panel.grid.h;
  });
  return odd;
}

const cellStyle = (panel: Panel, odd: ReadonlySet<number>): string =>
  !isCompact(panel) ? styles.cell! : odd.has(panel.id) ? `${styles.compact} ${styles.odd}` : styles.compact!;

/** Whether the machine has what the row is about. */
function useRequirement(expr: string | undefined, source: SourceUid): boolean {
  const { data } = useQuery({
    queryKey: ["requires", source, expr],
    queryFn: ({ signal }) => queryInstant(source, expr!, Date.now(), signal),
    enabled: expr !== undefined,
    refetchInterval: REQUIREMENT_MS,
  });
  return expr === undefined || (data?.series.length ?? 0) > 0;
}

export function Section({ section: { row, panels, note }, raw }: SectionProps) {
  const [open, setOpen] = useState(row?.collapsed !== true || row.requires !== undefined);
  const wanted = useRequirement(row?.requires, row?.source ?? "default");
  if (!wanted) return null;
  const odd = oddOnes(panels);
  return (
    <section className={styles.section}>
      {row !== undefined && (
        <h2 className={styles.row}>
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            <Icon name={open ? "down" : "right"} />
            {row.title}
            {!open && (
              <span className={styles.count}>
                {panels.length === 1 ? "1 panel" : `${panels.length} panels`}
              </span>
            )}
          </button>
        </h2>
      )}
      {open && (
        <div className={styles.grid}>
          {panels.map((panel) => (
            <div
              key={panel.id}
              data-panel={panel.id}
              style={place(panel.grid)}
              className={cellStyle(panel, odd)}
            >
              <PanelView panel={panel} raw={raw} alone={false} />
            </div>
          ))}
        </div>
      )}
      {note !== undefined && (
        <p className={styles.note} role="note">
          {note}
        </p>
      )}
    </section>
  );
}
