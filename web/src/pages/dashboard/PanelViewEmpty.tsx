/** Why a panel is empty, and where to go from there. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Button } from "../../components/Button";
import { Link } from "../../components/Link";
import { Empty, Skeleton } from "../../components/states";
import type { RawRange } from "../../model/timerange";
import type { PanelData } from "../../query/panel";
import { explainEmpty, explainValues, type Why } from "../../query/why";
import { setRange } from "../../state/range";

/** How long a panel may be empty before it says so: the first rates need two scrapes. */
const PATIENCE_MS = 3000;

interface NoDataProps {
  why: Why;
  small: boolean;
}

/** What is known about an empty panel, and where to go from there. */
function NoData({ why: { title, name, text, detail, aboutTargets, jump }, small }: NoDataProps) {
  const actions = (
    <>
      {aboutTargets === true && <Link to="targets">Targets</Link>}
      {jump !== undefined && <Button onClick={() => setRange(jump)}>Go there</Button>}
    </>
  );
  return (
    <Empty
      title={title}
      name={name}
      detail={small ? [name, text, detail].filter(Boolean).join("\n") : detail}
      small={small}
      actions={aboutTargets === true || jump !== undefined ? actions : undefined}
    >
      {text}
    </Empty>
  );
}

const exprsOf = ({ frames }: PanelData): string[] => frames.map(({ expr }) => expr);

/** How often an empty panel looks again why it is empty. */
const WHY_MS = 30_000;

interface WhyEmptyProps {
  /** What the panel itself says where there is no value. */
  title: string | undefined;
  data: PanelData;
  raw: RawRange;
  small: boolean;
}

/** Nothing was answered. */
export function WhyEmpty({ title, data, raw, small }: WhyEmptyProps) {
  const client = useQueryClient();
  const exprs = exprsOf(data);
  const { query, range } = data.frames[0]!;
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), Math.max(0, PATIENCE_MS - performance.now()));
    return () => clearTimeout(timer);
  }, []);
  const why = useQuery({
    queryKey: ["why", query.source, raw.from, raw.to, ...exprs],
    queryFn: ({ signal }) =>
      explainEmpty(client, { source: query.source, exprs, range, live: raw.to === "now" }, signal),
    enabled: !patient,
    refetchInterval: WHY_MS,
  });
  if (patient || why.isPending) return <Skeleton />;
  const found = why.data ?? { title: "No data in this range", text: "" };
  return <NoData why={{ ...found, title: title || found.title }} small={small} />;
}

interface NoValueProps {
  values: Parameters<typeof explainValues>[0];
  data: PanelData;
  small: boolean;
}

/** What was answered cannot be drawn. */
export const NoValue = ({ values, data, small }: NoValueProps) => (
  <NoData why={explainValues(values, exprsOf(data))} small={small} />
);
