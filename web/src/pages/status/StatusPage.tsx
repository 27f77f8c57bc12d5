/** What this server is and how it does: health, build, storage, cardinality, settings, configuration. */

import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Button } from "../../components/Button";
import { useShortcuts } from "../../state/keys";
import { useAddress } from "../../state/location";
import { Page } from "../Page";
import { Cardinality } from "./Cardinality";
import { Configuration, Flags } from "./Configuration";
import { BuildCard, HealthCard, QueriesCard, SourcesCard, StorageCard } from "./Overview";
import styles from "./StatusPage.module.css";

/** Where Prometheus's addresses lead on this page. */
const SECTIONS: Readonly<Record<string, string>> = {
  "tsdb-status": "cardinality",
  flags: "settings",
  config: "configuration",
};

const JUMPS = [
  ["overview", "Overview"],
  ["cardinality", "Cardinality"],
  ["settings", "Settings"],
  ["configuration", "Configuration"],
] as const;

const jump = (id: string): void => {
  const section = document.getElementById(id);
  section?.scrollIntoView({ block: "start" });
  section?.focus({ preventScroll: true });
};

export function StatusPage() {
  const client = useQueryClient();
  const { path } = useAddress();
  const wanted = useRef(SECTIONS[path.split("/")[0]!]);
  const fetching = useIsFetching({ queryKey: ["status"] }) > 0;
  const fetched = useRef(false);
  const refresh = (): void => void client.refetchQueries({ queryKey: ["status"], type: "active" });
  useShortcuts([{ does: "refresh", run: refresh }]);
  useEffect(() => {
    if (fetching) fetched.current = true;
    if (fetching || !fetched.current || wanted.current === undefined) return;
    jump(wanted.current); // now that what stands above it has its height
    wanted.current = undefined;
  }, [fetching]);
  const controls = (
    <>
      <nav className={styles.jumps} aria-label="Sections">
        {JUMPS.map(([id, title]) => (
          <Button key={id} quiet onClick={() => jump(id)}>
            {title}
          </Button>
        ))}
      </nav>
      <select
        className={styles.jumpTo}
        aria-label="Section"
        value=""
        onChange={(event) => {
          jump(event.target.value);
          event.target.value = ""; // the same may be chosen again
        }}
      >
        <option value="" disabled hidden>
          Go to
        </option>
        {JUMPS.map(([id, title]) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
      <Button icon="refresh" aria-label="Refresh now" title="Refresh now (r)" onClick={refresh} />
    </>
  );
  return (
    <Page title="Status" controls={controls}>
      <div id="overview" tabIndex={-1} className={styles.cards}>
        <HealthCard />
        <BuildCard />
        <StorageCard />
        <SourcesCard />
        <QueriesCard />
      </div>
      <Cardinality />
      <Flags />
      <Configuration />
    </Page>
  );
}
