/** What is scraped, and how that goes: the worst first. */

import { useDeferredValue, useMemo, useState } from "react";
import { Icon } from "../../components/icons";
import { RefreshPicker } from "../../components/RefreshPicker";
import { Empty, Failed, Skeleton } from "../../components/states";
import { copyLink } from "../../components/TimePicker";
import { useShortcuts } from "../../state/keys";
import { Page } from "../Page";
import { DroppedTargets } from "./DroppedTargets";
import { Filters, NonePasses } from "./Filters";
import { PoolSection } from "./PoolSection";
import { Summary } from "./Summary";
import { countStates, isShown, makePools, type Answer } from "./targets";
import styles from "./TargetsPage.module.css";
import { setFilter, useFilter } from "./useFilter";
import { useDashboards, useTargets, type Targets } from "./useTargets";

const REFRESH_MS = 5000;
const CHOICES_MS = [0, 1000, 5000, 30_000];

export function TargetsPage() {
  const [refreshMs, setRefreshMs] = useState(REFRESH_MS);
  const targets = useTargets(refreshMs);
  const { answer, refresh, trouble } = targets;
  useShortcuts([
    { does: "refresh", run: refresh },
    { does: "copy", run: copyLink },
  ]);
  const controls = (
    <RefreshPicker
      intervalMs={refreshMs}
      choicesMs={CHOICES_MS}
      onRefresh={refresh}
      onInterval={setRefreshMs}
    />
  );
  return (
    <Page title="Targets" controls={controls}>
      {trouble !== "" && <Trouble text={trouble} />}
      {answer === undefined ? <Waiting {...targets} /> : <Pools {...targets} answer={answer} />}
    </Page>
  );
}

function Waiting({ error, refresh }: Targets) {
  if (error !== null)
    return <Failed title="The targets could not be listed" message={error.message} onRetry={refresh} />;
  return (
    <div className={styles.wait}>
      <Skeleton />
    </div>
  );
}

const Trouble = ({ text }: { text: string }) => (
  <div className={styles.trouble} role="status">
    <Icon name="warning" />
    <p>
      <b>Discovery has errors.</b> {text}
    </p>
  </div>
);

function Pools({ answer, samples }: Targets & { answer: Answer }) {
  const filter = useFilter();
  const search = useDeferredValue(filter.search);
  const pools = useMemo(() => makePools(answer, { ...filter, search }), [answer, filter, search]);
  const dashboardOf = useDashboards();
  if (pools.length === 0) return <Empty title="No targets">Add a job under scrape_configs and reload.</Empty>;
  const shown = pools.filter((pool) => isShown(pool, filter));
  const counts = countStates(pools);
  return (
    <>
      <Summary pools={pools} chosen={filter.pool} onChoose={(pool) => setFilter({ pool })} />
      <Filters filter={filter} counts={counts} none={shown.length === 0} />
      {shown.length === 0 && <NonePasses all={counts.all} />}
      {shown.map((pool) => (
        <PoolSection
          key={pool.name}
          pool={pool}
          samples={samples}
          dashboard={dashboardOf(pool.targets[0]?.labels.job ?? pool.name)}
        />
      ))}
      <DroppedTargets
        targets={answer.droppedTargets}
        counts={answer.droppedTargetCounts ?? {}}
        pool={filter.pool}
      />
    </>
  );
}
