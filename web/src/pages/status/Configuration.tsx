/** The settings in force and the configuration as the server read it, without its secrets. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../components/Button";
import { SearchField } from "../../components/SearchField";
import { copyText } from "../../state/clipboard";
import { Card } from "./Card";
import { describeSetting, fetchStatus, isLimit, type Texts } from "./data";
import styles from "./StatusPage.module.css";

export function Flags() {
  const [typed, setTyped] = useState("");
  const [limits, setLimits] = useState(false);
  const result = useQuery({
    queryKey: ["status", "flags"],
    queryFn: ({ signal }) => fetchStatus<Texts>("flags", signal),
  });
  const tools = (
    <div className={styles.tools}>
      <Button quiet={!limits} aria-pressed={limits} onClick={() => setLimits(!limits)}>
        Limits only
      </Button>
      <SearchField value={typed} onText={setTyped} aria-label="Find a setting" className={styles.find} />
    </div>
  );
  return (
    <Card title="Settings" id="settings" wide result={result} tools={tools}>
      {(flags) => {
        const wanted = typed.trim().toLowerCase();
        const found = Object.entries(flags)
          .filter(([name, value]) => `${name} ${value}`.toLowerCase().includes(wanted))
          .filter(([name]) => !limits || isLimit(name));
        if (found.length === 0) return <p className={styles.note}>No setting matches.</p>;
        return (
          <dl className={styles.flags}>
            {found.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd title={value}>{value === "" ? <i>not set</i> : describeSetting(name, value)}</dd>
              </div>
            ))}
          </dl>
        );
      }}
    </Card>
  );
}

export function Configuration() {
  const result = useQuery({
    queryKey: ["status", "config"],
    queryFn: ({ signal }) => fetchStatus<{ yaml: string }>("config", signal),
  });
  const yaml = result.data?.yaml ?? "";
  const tools = yaml !== "" && (
    <Button quiet icon="copy" onClick={() => void copyText(yaml, "Configuration")}>
      Copy
    </Button>
  );
  return (
    <Card title="Configuration" id="configuration" wide result={result} tools={tools}>
      {() =>
        yaml.trim() === "" ? (
          <p className={styles.note}>There is no prometheus.yml: only what Watchglass collects by itself.</p>
        ) : (
          <pre className={styles.yaml} tabIndex={0} aria-label="prometheus.yml">
            {yaml}
          </pre>
        )
      }
    </Card>
  );
}
