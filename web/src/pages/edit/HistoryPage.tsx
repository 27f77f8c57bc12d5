/** The history of a dashboard: who saved what and why, what differs between two versions, and going back to one. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Empty, Failed } from "../../components/states";
import { formatMoment } from "../../model/clock";
import { describeChanges } from "../../edit/diff";
import { fetchVersion, fetchVersions, restoreVersion, SaveConflict, type Version } from "../../edit/save";
import { dashboardsQuery } from "../../query/dashboards";
import { setParams } from "../../state/location";
import { showToast } from "../../state/toasts";
import { Page } from "../Page";
import { ChangeList } from "./ChangeList";
import { ChoiceField } from "./fields";
import styles from "./HistoryPage.module.css";

const versionQuery = (uid: string, version: number) => ({
  queryKey: ["version", uid, version],
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchVersion(uid, version, signal),
  staleTime: Infinity,
  enabled: version > 0,
});

interface Pair {
  from: number;
  to: number;
}

function Difference({ uid, from, to }: Pair & { uid: string }) {
  const [before, after] = [useQuery(versionQuery(uid, from)), useQuery(versionQuery(uid, to))];
  const changes = useMemo(
    () =>
      before.data === undefined || after.data === undefined
        ? undefined
        : describeChanges(before.data, after.data),
    [before.data, after.data],
  );
  const error = before.error ?? after.error;
  if (error !== null) return <Failed title="The versions could not be compared" message={error.message} />;
  if (from === to || from === 0)
    return <Empty title="Nothing to compare with">This is the first version that is kept.</Empty>;
  if (changes === undefined) return null;
  if (changes.length === 0) return <Empty title="No difference">Both versions mean the same.</Empty>;
  return <ChangeList changes={changes} />;
}

const say = ({ version, restoredFrom, message }: Version): string =>
  message !== ""
    ? message
    : restoredFrom > 0
      ? `Restored from version ${restoredFrom}`
      : version === 1
        ? "First version"
        : "";

interface VersionLineProps {
  version: Version;
  newest: boolean;
  chosen: boolean;
  onChoose: () => void;
  onRestore: () => void;
}

function VersionLine({ version, newest, chosen, onChoose, onRestore }: VersionLineProps) {
  const said = say(version);
  return (
    <li className={chosen ? styles.chosen : styles.version}>
      <button type="button" className={styles.line} aria-pressed={chosen} onClick={onChoose}>
        <b>{version.version}</b>
        <span className={said === "" ? styles.silent : styles.message}>{said || "No message"}</span>
        <span className={styles.when}>
          {formatMoment(Date.parse(version.created))}, {version.createdBy}
        </span>
      </button>
      {newest ? (
        <Badge kind="ok">Latest</Badge>
      ) : (
        <Button onClick={onRestore} aria-label={`Restore version ${version.version}`}>
          Restore
        </Button>
      )}
    </li>
  );
}

/** Why a version is not back; where somebody has saved since, the list shows what. */
function whyNot(failure: unknown): string {
  if (failure instanceof SaveConflict && failure.refused.kind === "changed")
    return `somebody has saved version ${failure.refused.currentVersion} meanwhile. It is listed now.`;
  return failure instanceof Error ? failure.message : String(failure);
}

export function HistoryPage({ uid, title }: { uid: string; title: string }) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: ["versions", uid],
    queryFn: ({ signal }) => fetchVersions(uid, signal),
  });
  const [pair, setPair] = useState<Pair>();
  const [restoring, setRestoring] = useState<number>();
  const back = (): void => setParams({ editview: undefined });
  const versions = data ?? [];
  const before = (version: number): number => versions.find((one) => one.version < version)?.version ?? 0;
  const newest = versions[0]?.version ?? 0;
  const shown = pair ?? { from: before(newest), to: newest };
  const choices = versions.map(({ version }) => [String(version), `Version ${version}`] as const);
  const restore = async (version: number): Promise<void> => {
    setRestoring(undefined);
    try {
      const answer = await restoreVersion(uid, version, newest);
      showToast(`Version ${version} is back, as version ${answer.version}.`);
      setPair(undefined);
      void client.invalidateQueries(dashboardsQuery);
      await client.invalidateQueries({ queryKey: ["dashboard", uid] });
    } catch (failure) {
      showToast(`Version ${version} is not restored: ${whyNot(failure)}`, "error");
    }
    await refetch();
  };
  return (
    <Page
      title={`${title}: history`}
      parent={{ title: "Dashboards", to: "dashboards" }}
      controls={
        <Button icon="left" onClick={back}>
          Back
        </Button>
      }
    >
      {error !== null && (
        <Failed
          title="The history could not be loaded"
          message={error.message}
          onRetry={() => void refetch()}
        />
      )}
      {data?.length === 0 && (
        <Empty title="No history">Versions are kept from the first time that it is saved here.</Empty>
      )}
      {versions.length > 0 && (
        <div className={styles.history}>
          <ol className={styles.versions} aria-label="Versions">
            {versions.map((version) => (
              <VersionLine
                key={version.version}
                version={version}
                newest={version.version === newest}
                chosen={version.version === shown.to}
                onChoose={() => setPair({ from: before(version.version), to: version.version })}
                onRestore={() => setRestoring(version.version)}
              />
            ))}
          </ol>
          <section className={styles.difference} aria-label="Differences">
            {versions.length > 1 && (
              <div className={styles.pair}>
                <ChoiceField
                  label="From"
                  value={String(shown.from || shown.to)}
                  choices={choices}
                  onChange={(from) => setPair({ ...shown, from: Number(from) })}
                />
                <ChoiceField
                  label="To"
                  value={String(shown.to)}
                  choices={choices}
                  onChange={(to) => setPair({ ...shown, to: Number(to) })}
                />
              </div>
            )}
            <Difference uid={uid} {...shown} />
          </section>
        </div>
      )}
      {restoring !== undefined && (
        <Dialog title={`Restore version ${restoring}?`} onClose={() => setRestoring(undefined)}>
          <p>It becomes the newest version. Nothing of the history goes: version {newest} stays in it.</p>
          <footer className={styles.foot}>
            <Button onClick={() => setRestoring(undefined)}>Cancel</Button>
            <Button primary onClick={() => void restore(restoring)}>
              Restore
            </Button>
          </footer>
        </Dialog>
      )}
    </Page>
  );
}
