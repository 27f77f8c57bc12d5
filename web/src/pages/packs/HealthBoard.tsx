/** The health board of a pack: rows by priority, each with its value, its grade, the limits, and why. */

import { useQuery } from "@tanstack/react-query";
import { Badge } from "../../components/Badge";
import { Link } from "../../components/Link";
import { Failed, Skeleton } from "../../components/states";
import { formatText } from "../../model/units";
import { exploreAddress } from "../explore/address";
import { capital, fetchBoard, LEVELS, type BoardRow } from "./data";
import styles from "./Packs.module.css";

const REFRESH_MS = 15_000;

export function HealthBoard({ name }: { name: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["packs", name, "board"],
    queryFn: ({ signal }) => fetchBoard(name, signal),
    refetchInterval: REFRESH_MS,
  });
  if (data === undefined) {
    return (
      <div className={styles.wait}>
        {error === null ? (
          <Skeleton />
        ) : (
          <Failed title="No answer" message={error.message} onRetry={() => void refetch()} />
        )}
      </div>
    );
  }
  return (
    <>
      {data.note !== "" && <p className={styles.lead}>{data.note}</p>}
      <ul className={styles.board}>
        {data.rows.map((row) => (
          <Row key={row.id} row={row} grades={data.grades} />
        ))}
      </ul>
    </>
  );
}

const text = (value: number | null, unit: string): string => (value === null ? "–" : formatText(value, unit));

function Row({ row, grades }: { row: BoardRow; grades: readonly string[] }) {
  return (
    <li className={styles.row} data-level={row.level}>
      <span className={styles.priority}>{row.priority}</span>
      <div className={styles.metric}>
        <h3>
          <Link to={exploreAddress({ queries: [row.expr], source: "embedded" })}>{row.metric}</Link>
        </h3>
        <p>{row.reason}</p>
      </div>
      <b className={styles.value}>{text(row.value, row.unit)}</b>
      <div className={styles.grade}>
        <Badge kind={LEVELS[row.level]}>{row.grade === "" ? "No data" : capital(row.grade)}</Badge>
      </div>
      <Limits row={row} grades={grades} />
      <More row={row} />
    </li>
  );
}

/** What each grade means; the one that holds stands out. */
const Limits = ({ row, grades }: { row: BoardRow; grades: readonly string[] }) => (
  <dl className={styles.limits}>
    {grades.map((grade) => (
      <div key={grade} aria-current={grade === row.grade ? true : undefined}>
        <dt>{capital(grade)}</dt>
        <dd>{row.limits[grade] ?? "–"}</dd>
      </div>
    ))}
  </dl>
);

/** Why it is graded so, what it is measured by, and the alert about the same thing. */
function More({ row: { why, grade, limits, baseline, unit, alert, differs } }: { row: BoardRow }) {
  const reason = grade === "" || limits[grade] === why ? "" : `${capital(why)}.`;
  const measure = baseline === null ? "" : `${capital(baseline.name)}: ${text(baseline.value, unit)}.`;
  return (
    <div className={styles.more}>
      {reason !== "" && <p>{reason}</p>}
      {measure !== "" && <p>{measure}</p>}
      {alert !== null && (
        <p>
          Alert <b>{alert.name}</b>
          {alert.severity !== "" && `: ${alert.severity}`}
          {alert.for !== "" && ` after ${alert.for}`}. {differs}
        </p>
      )}
    </div>
  );
}
