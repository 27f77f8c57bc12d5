/** One dashboard that is to be imported: what it is, where it goes, what is there already, and what became of it. */

import type { DataSource } from "../../api/catalog";
import type { Folder, Imported, Preview } from "../../api/library";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { AlreadyThere } from "./AlreadyThere";
import { hasTitle } from "./documents";
import styles from "./EntryCard.module.css";
import type { Change, Decision, Entry, Outlook } from "./entries";
import { FolderSelect } from "./FolderSelect";
import { Inputs } from "./Inputs";
import { PanelList } from "./PanelList";
import { describePanels, plural } from "./words";

interface EntryCardProps {
  entry: Entry;
  preview: Preview | undefined;
  error: Error | null;
  outlook: Outlook | undefined;
  /** There is no other: its details are open. */
  alone: boolean;
  folders: readonly Folder[];
  sources: readonly DataSource[];
  onChange: (changes: Change) => void;
  onRemove: () => void;
}

/** `node.json, 2nd of its dashboards`. */
const originOf = ({ file, at }: Entry): string => (at === undefined ? file : `${file}, dashboard ${at}`);

export function EntryCard(props: EntryCardProps) {
  const { entry, preview, error, outlook, onRemove } = props;
  const { result } = entry;
  const title = result?.title || (entry.title ?? preview?.title) || originOf(entry);
  return (
    <article className={`${styles.card} ${outlook === "skip" ? styles.skipped : ""}`} aria-label={title}>
      <header className={styles.header}>
        <State {...props} />
        <div className={styles.names}>
          <h2 title={title}>{title}</h2>
          <p title={originOf(entry)}>
            {title === originOf(entry) ? "" : originOf(entry)}
            {result === undefined && preview !== undefined && ` · ${describePanels(preview.panels)}`}
            {result !== undefined && done(result)}
          </p>
        </div>
        {result?.url !== undefined && (
          <Link to={result.url.replace(/^\//, "")} className={styles.open}>
            Open
            <Icon name="right" size={14} />
          </Link>
        )}
        {result === undefined && (
          <Button quiet icon="close" aria-label={`Take ${title} off the list`} onClick={onRemove} />
        )}
      </header>
      {result !== undefined && <Undone result={result} {...props} />}
      {result === undefined && error !== null && (
        <p className={styles.failed} role="alert">
          {error.message}
        </p>
      )}
      {result === undefined && preview !== undefined && <Settings {...props} preview={preview} />}
    </article>
  );
}

/** A sign for how it stands; the words say the same. */
function State({ entry: { result }, preview, error, outlook }: EntryCardProps) {
  const failed = result?.status === "error" || (result === undefined && error !== null);
  const asks = result?.status === "conflict" || outlook === "ask";
  if (failed) return <Sign kind="failed" icon="warning" />;
  if (asks) return <Sign kind="asks" icon="warning" />;
  if (result !== undefined) return <Sign kind="done" icon="check" />;
  return <Sign kind="waits" icon={preview === undefined ? "clock" : "grid"} />;
}

const Sign = ({
  kind,
  icon,
}: {
  kind: "failed" | "asks" | "done" | "waits";
  icon: Parameters<typeof Icon>[0]["name"];
}) => (
  <span className={styles[kind]}>
    <Icon name={icon} />
  </span>
);

const DONE: Readonly<Record<Imported["status"], string>> = {
  created: "imported",
  updated: "replaced; the earlier versions are kept",
  unchanged: "was here already, the same",
  conflict: "not imported",
  error: "not imported",
};

const done = ({ status }: Imported): string => ` · ${DONE[status]}`;

/** Why one was not imported, and what can be done about it. */
function Undone({ result, onChange }: EntryCardProps & { result: Imported }) {
  const { status, message = "" } = result;
  if (status !== "conflict" && status !== "error") return null;
  const again = (decision?: Decision) => (): void => {
    onChange({ result: undefined, ...(decision !== undefined && { decision }) });
  };
  return (
    <div className={styles.decide}>
      <p className={status === "error" ? styles.fault : undefined} role="alert">
        {message}
      </p>
      {status === "conflict" ? (
        <>
          <Button onClick={again("copy")}>Keep both</Button>
          <Button onClick={again("replace")}>Replace</Button>
        </>
      ) : (
        <Button icon="refresh" onClick={again()}>
          Try again
        </Button>
      )}
    </div>
  );
}

function Settings(props: EntryCardProps & { preview: Preview }) {
  const { entry, preview, outlook, alone, sources, onChange } = props;
  const { notes, panels, inputs, there } = preview;
  const absent = notes.filter(({ rule }) => rule === "missing-source").length;
  const translated = notes.length - absent;
  const wanted = outlook !== "skip"; // what is left out needs no settings
  return (
    <>
      {wanted && (
        <Inputs
          inputs={inputs}
          sources={sources}
          answers={entry.answers}
          onChange={(answers) => onChange({ answers })}
        />
      )}
      {there !== null && (
        <AlreadyThere
          entry={entry}
          there={there}
          skipped={!wanted}
          onDecide={(decision) => onChange({ decision })}
        />
      )}
      {wanted && (
        <details className={styles.details} open={alone}>
          <summary>
            Title, folder, panels
            {translated > 0 && (
              <span className={styles.notes}>{plural(translated, "thing is", "things are")} translated</span>
            )}
            {absent > 0 && (
              <span className={styles.notes}>
                {plural(absent, "panel asks", "panels ask")} a source that is not there yet
              </span>
            )}
          </summary>
          <Place {...props} preview={preview} />
          <PanelList panels={panels} notes={notes} />
        </details>
      )}
    </>
  );
}

/** What it is to be called, and where it goes. */
function Place({ entry, preview, folders, onChange }: EntryCardProps & { preview: Preview }) {
  const own = preview.folderTitle === "" || entry.folderUid !== undefined ? "" : `${preview.folderTitle}, `;
  return (
    <div className={styles.settings}>
      {hasTitle(entry.text) && (
        <label className={styles.title}>
          Title
          <input
            value={entry.title ?? preview.title}
            maxLength={500}
            onChange={(event) => onChange({ title: event.target.value })}
          />
        </label>
      )}
      <label>
        Folder
        <FolderSelect
          folders={folders}
          value={entry.folderUid}
          own={own === "" ? "As it says" : `${own}as it says`}
          onChange={(folderUid) => onChange({ folderUid })}
        />
      </label>
    </div>
  );
}
